using System.Linq.Expressions;
using Fidelity.Contracts;
using FluentValidation;
using FluentValidation.Results;

namespace Fidelity.Validation;

/// <summary>
/// What the validators of all commands have in common. A validator reads as a list of columns in the order of the import file,
/// each with the rule for its value; a failure's property name is the column.
/// </summary>
public abstract class CommandValidator<TCommand> : AbstractValidator<TCommand> where TCommand : Command
{
    /// <summary>Every command names its programme.</summary>
    protected CommandValidator() => Column("programme", command => command.Programme, Values.OfProgramme);

    /// <summary>A value that is judged by itself.</summary>
    protected void Column<TValue>(string column, Expression<Func<TCommand, TValue>> value, Func<TValue, Fault?> judge) =>
        RuleFor(value).Custom((given, context) =>
        {
            if (judge(given) is { } fault)
                context.AddFailure(Failure(column, fault));
        });

    /// <summary>A value that must be one of an enumeration's, which a number in JSON need not be.</summary>
    protected void Code<TCode>(string column, Expression<Func<TCommand, TCode>> value) where TCode : struct, Enum =>
        Column(column, value, code => Enum.IsDefined(code) ? null : Faults.UnknownCode<TCode>());

    /// <summary>A rule over several values; <paramref name="fault"/> is reported on the column that has to change.</summary>
    protected void Holds(string column, Func<TCommand, bool> condition, Fault fault) =>
        RuleFor(command => command).Custom((command, context) =>
        {
            if (!condition(command))
                context.AddFailure(Failure(column, fault));
        });

    /// <summary>A rule that itself says which columns are at fault.</summary>
    protected void Each(Func<TCommand, IEnumerable<(string Column, Fault Fault)>> judge) =>
        RuleFor(command => command).Custom((command, context) =>
        {
            foreach (var (column, fault) in judge(command))
                context.AddFailure(Failure(column, fault));
        });

    static ValidationFailure Failure(string column, Fault fault) => new(column, fault.Message) { ErrorCode = fault.Code };
}
