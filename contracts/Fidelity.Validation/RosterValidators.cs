using Fidelity.Contracts.Roster;
using Fidelity.Measurement;

namespace Fidelity.Validation;

/// <summary>A row of <c>teams.csv</c>.</summary>
public sealed class RegisterTeamValidator : CommandValidator<RegisterTeam>
{
    /// <summary>The rules, in the columns' order.</summary>
    public RegisterTeamValidator()
    {
        Column("team_id", team => team.TeamId, Values.OfId);
        Column("name", team => team.Name, Values.OfName);
        Column("profile", team => team.Profile, OfProfile);
        Column("opened", team => team.Opened, Values.OfDate);
        Column("closed", team => team.Closed, Values.OfDate);
        Holds("closed", team => team.Closed is not { } closed || closed >= team.Opened,
            new(ErrorCodes.Inconsistent, "The team closed before it opened. Correct one of the dates."));
        Column("pir_start_month", team => team.PirStartMonth, month => month is >= 1 and <= 12 ? null : Faults.OutOfScale(1, 12));
    }

    static Fault? OfProfile(string? profile)
    {
        if (string.IsNullOrEmpty(profile))
            return Values.Missing;
        return Profiles.Find(profile) is null ? Faults.UnknownCode(Profiles.All.Select(known => known.Id)) : null;
    }
}

/// <summary>A row of <c>staff.csv</c>.</summary>
public sealed class RegisterPostValidator : CommandValidator<RegisterPost>
{
    /// <summary>The rules, in the columns' order.</summary>
    public RegisterPostValidator()
    {
        Column("staff_id", post => post.StaffId, Values.OfId);
        Column("team_id", post => post.TeamId, Values.OfId);
        Code("role", post => post.Role);
        Column("from", post => post.From, Values.OfDate);
        Column("to", post => post.To, Values.OfDate);
        Holds("to", post => post.To is not { } to || to >= post.From,
            new(ErrorCodes.Inconsistent, "The last day in post is before the first. Correct one of the dates."));
    }
}

/// <summary>A row of <c>cases.csv</c>.</summary>
public sealed class RegisterCaseValidator : CommandValidator<RegisterCase>
{
    /// <summary>The rules, in the columns' order.</summary>
    public RegisterCaseValidator()
    {
        Column("case_id", @case => @case.CaseId, Values.OfId);
        Column("team_id", @case => @case.TeamId, Values.OfId);
        Column("therapist_id", @case => @case.TherapistId, Values.OfId);
        Column("started", @case => @case.Started, Values.OfDate);
        Column("discharged", @case => @case.Discharged, Values.OfDate);
        Holds("discharged", @case => @case.Discharged is not { } discharged || discharged >= @case.Started,
            new(ErrorCodes.Inconsistent, "The case was discharged before it started. Correct one of the dates."));
        Holds("discharged", @case => @case.Discharged is not null || @case.Reason is null,
            new(ErrorCodes.Inconsistent, "There is a reason for discharge and no date. Fill in the date, or leave the reason blank."));
        Holds("discharge_reason", @case => @case.Discharged is null || @case.Reason is not null,
            new(ErrorCodes.Inconsistent, "The case is discharged without a reason. Fill in the reason."));
        Column("discharge_reason", @case => @case.Reason,
            reason => reason is { } given && !Enum.IsDefined(given) ? Faults.UnknownCode<DischargeReason>() : null);
        Each(@case => Outcomes.Judge(@case.Outcomes));
    }
}

/// <summary>A row of <c>reassignments.csv</c>.</summary>
public sealed class ReassignCaseValidator : CommandValidator<ReassignCase>
{
    /// <summary>The rules, in the columns' order.</summary>
    public ReassignCaseValidator()
    {
        Column("case_id", change => change.CaseId, Values.OfId);
        Column("therapist_id", change => change.TherapistId, Values.OfId);
        Column("from", change => change.From, Values.OfDate);
    }
}

/// <summary>A row of <c>followups.csv</c>.</summary>
public sealed class RecordFollowUpValidator : CommandValidator<RecordFollowUp>
{
    /// <summary>The rules, in the columns' order.</summary>
    public RecordFollowUpValidator()
    {
        Column("case_id", followUp => followUp.CaseId, Values.OfId);
        Column("months", followUp => followUp.Months, months => months is 6 or 18 ? null : Faults.UnknownCode(["6", "18"]));
        Column("date", followUp => followUp.Date, Values.OfDate);
        Each(followUp => Outcomes.Judge(followUp.Outcomes));
    }
}

/// <summary>The five outcomes of a case, by column.</summary>
static class Outcomes
{
    public static IEnumerable<(string Column, object Value)> Columns(CaseOutcomes outcomes) =>
    [
        ("living_at_home", outcomes.LivingAtHome),
        ("in_school_or_work", outcomes.InSchoolOrWork),
        ("no_new_arrest", outcomes.NoNewArrest),
        ("no_new_report", outcomes.NoNewReport),
        ("no_new_substance_report", outcomes.NoNewSubstanceReport),
    ];

    public static IEnumerable<(string Column, Fault Fault)> Judge(CaseOutcomes? outcomes) => outcomes is null
        ? [("living_at_home", Values.Missing)]
        : Columns(outcomes).Where(outcome => !Enum.IsDefined((Outcome3)outcome.Value))
            .Select(outcome => (outcome.Column, Faults.UnknownCode<Outcome3>()));
}
