using Fidelity.Contracts.Surveys;
using Fidelity.Measurement;

namespace Fidelity.Validation;

/// <summary>A row of <c>sam.csv</c> or <c>cam.csv</c>.</summary>
public sealed class RecordSurveyValidator : CommandValidator<RecordSurvey>
{
    /// <summary>The rules, in the columns' order.</summary>
    public RecordSurveyValidator()
    {
        Column("survey_id", survey => survey.SurveyId, Values.OfId);
        Each(survey => Pairs.Judge(survey.Pair));
        Column("date", survey => survey.Date, Values.OfDate);
        Each(survey => survey.Pair is null ? [] : Forms.Judge(survey.Instrument, survey.Pair.Instrument, survey.Answers));
    }
}

/// <summary>A row of <c>corrections.csv</c> that belongs to a survey.</summary>
public sealed class CorrectSurveyValidator : CommandValidator<CorrectSurvey>
{
    /// <summary>The rules, in the columns' order.</summary>
    public CorrectSurveyValidator()
    {
        Column("id", correction => correction.SurveyId, Values.OfId);
        Each(correction => Pairs.Judge(correction.Pair));
        Column("date", correction => correction.Date, Values.OfDate);
        Each(correction => correction.Pair is null ? [] : Forms.JudgeCorrection(correction.Pair.Instrument, correction.Item, correction.Value));
        Column("reason", correction => correction.Reason, Values.OfText);
    }
}

/// <summary>A row of <c>withdrawals.csv</c> that belongs to a survey.</summary>
public sealed class WithdrawSurveyValidator : CommandValidator<WithdrawSurvey>
{
    /// <summary>The rules, in the columns' order.</summary>
    public WithdrawSurveyValidator()
    {
        Column("id", withdrawal => withdrawal.SurveyId, Values.OfId);
        Each(withdrawal => Pairs.Judge(withdrawal.Pair));
        Column("date", withdrawal => withdrawal.Date, Values.OfDate);
        Column("reason", withdrawal => withdrawal.Reason, Values.OfText);
    }
}

/// <summary>Who rates whom, by column.</summary>
public static class Pairs
{
    /// <summary>The column of the person rated: the supervisor's on a SAM, the consultant's on a CAM.</summary>
    public static string RatedColumn(Instrument instrument) => instrument == Instrument.Cam ? "consultant_id" : "supervisor_id";

    internal static IEnumerable<(string Column, Fault Fault)> Judge(RatingPair? pair)
    {
        if (pair is null)
        {
            yield return ("team_id", Values.Missing);
            yield break;
        }
        if (pair.Instrument is not (Instrument.Sam or Instrument.Cam))
            yield return ("instrument", Faults.UnknownCode([Codes.Of(Instrument.Sam), Codes.Of(Instrument.Cam)]));
        if (Values.OfId(pair.TeamId) is { } team)
            yield return ("team_id", team);
        if (Values.OfId(pair.RaterId) is { } rater)
            yield return ("rater_id", rater);
        if (Values.OfId(pair.RatedId) is { } rated)
            yield return (RatedColumn(pair.Instrument), rated);
        else if (string.Equals(pair.RaterId, pair.RatedId, StringComparison.Ordinal))
            yield return (RatedColumn(pair.Instrument), new(ErrorCodes.Inconsistent, "Nobody rates themselves. Correct one of the two ids."));
    }
}
