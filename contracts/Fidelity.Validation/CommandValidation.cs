using System.Collections.Frozen;
using Fidelity.Contracts;
using Fidelity.Contracts.Submitting;
using FluentValidation;

namespace Fidelity.Validation;

/// <summary>
/// Judges any command by itself, the same way wherever it is: at the HTTP interface, in an import and at its owner. What needs
/// other records (references, posts, the course of a case) is for those who hold them.
/// </summary>
public static class CommandValidation
{
    static readonly FrozenDictionary<Type, Func<Command, IReadOnlyList<Cause>>> Checks = new[]
    {
        With(new RegisterTeamValidator()),
        With(new RegisterPostValidator()),
        With(new RegisterCaseValidator()),
        With(new ReassignCaseValidator()),
        With(new RecordFollowUpValidator()),
        With(new RecordTamInterviewValidator()),
        With(new RecordTamAttemptValidator()),
        With(new CorrectTamInterviewValidator()),
        With(new WithdrawTamInterviewValidator()),
        With(new RecordSurveyValidator()),
        With(new CorrectSurveyValidator()),
        With(new WithdrawSurveyValidator()),
        With(new SignReviewValidator()),
        With(new WithdrawSignatureValidator()),
        With(new ChangeBaselineValidator()),
        With(new WithdrawBaselineValidator()),
        With(new BeginThreadValidator()),
        With(new ContinueThreadValidator()),
    }.ToFrozenDictionary();

    /// <summary>Every fault of the command, by column in the import's spelling, at most one for a column; empty when there is none.</summary>
    /// <exception cref="ArgumentException">The command is of a type that has no validator.</exception>
    public static IReadOnlyList<Cause> Check(Command command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return Checks.TryGetValue(command.GetType(), out var check)
            ? check(command)
            : throw new ArgumentException($"There is no validator for {command.GetType().Name}.", nameof(command));
    }

    /// <summary>As <see cref="Check(Command)"/>, by a validator that the caller holds.</summary>
    public static IReadOnlyList<Cause> Check<TCommand>(TCommand command, CommandValidator<TCommand> validator) where TCommand : Command
    {
        ArgumentNullException.ThrowIfNull(validator);
        var result = validator.Validate(command);
        return result.IsValid
            ? []
            : [.. result.Errors.DistinctBy(error => error.PropertyName, StringComparer.Ordinal)
                .Select(error => new Cause(error.ErrorCode, error.PropertyName, error.ErrorMessage))];
    }

    static KeyValuePair<Type, Func<Command, IReadOnlyList<Cause>>> With<TCommand>(CommandValidator<TCommand> validator)
        where TCommand : Command =>
        new(typeof(TCommand), command => Check((TCommand)command, validator));
}
