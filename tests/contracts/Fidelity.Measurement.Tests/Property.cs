using FsCheck;
using FsCheck.Fluent;

namespace Fidelity.Measurement.Tests;

/// <summary>Runs a property over generated values and throws with the smallest values that break it.</summary>
static class Property
{
    static readonly Config Quietly = Config.QuickThrowOnFailure.WithQuietOnSuccess(true);

    public static void Holds<T>(Gen<T> values, Func<T, bool> property) =>
        Prop.ForAll(values.ToArbitrary(), property).Check(Quietly);

    public static void Holds<T>(Gen<T> values, Action<T> property) =>
        Prop.ForAll(values.ToArbitrary(), property).Check(Quietly);
}

/// <summary>Values as they occur in the field, and somewhat beyond.</summary>
static class Gens
{
    static readonly DateOnly Origin = new(2024, 1, 1);

    public static Gen<Measurement.Fraction> Fraction { get; } =
        from numerator in Gen.Choose(-100_000, 100_000)
        from denominator in Gen.Choose(1, 100_000)
        select new Measurement.Fraction(numerator, denominator);

    /// <summary>A score 0–1 with the denominators scores have.</summary>
    public static Gen<Measurement.Fraction> Score { get; } =
        from answered in Gen.Choose(19, 28)
        from top in Gen.Choose(0, answered)
        select new Measurement.Fraction(top, answered);

    public static Gen<DateOnly> Date { get; } = Gen.Choose(0, 500).Select(Origin.AddDays);

    public static Gen<DatedRecord> Record { get; } =
        from id in Gen.Choose(1, 1_000_000)
        from date in Date
        from counts in Gen.Elements(true, true, true, false)
        select new DatedRecord($"i-{id}", date, counts);

    public static Gen<Attempt> Attempt { get; } =
        from date in Date
        from outcome in Gen.Elements(Enum.GetValues<AttemptOutcome>())
        select new Attempt(date, outcome);

    public static Gen<List<T>> Some<T>(Gen<T> one, int most) =>
        from count in Gen.Choose(0, most)
        from all in one.ListOf(count)
        select all.ToList();

    /// <summary>The facts of one case, and a day to look at them.</summary>
    public static Gen<CaseHistory> CaseHistory { get; } =
        from started in Date
        from stay in Gen.Choose(0, 300)
        from isDischarged in Gen.Elements(true, false)
        from interviews in Some(Record, 12)
        from attempts in Some(Attempt, 8)
        from today in Gen.Choose(0, 700).Select(Origin.AddDays)
        select new CaseHistory(
            started, isDischarged ? started.AddDays(stay) : null, [.. interviews.DistinctBy(interview => interview.Id)], attempts, today);

    /// <summary>Posts of two therapists, a supervisor and a consultant who come and go.</summary>
    public static Gen<List<Post>> Posts { get; } = Some(
        from who in Gen.Elements(
            ("t-1", StaffRole.Therapist), ("t-2", StaffRole.Therapist), ("s-1", StaffRole.Supervisor), ("k-1", StaffRole.Consultant))
        from start in Date
        from days in Gen.Choose(0, 300)
        from open in Gen.Elements(true, false)
        select new Post(who.Item1, who.Item2, start, open ? null : start.AddDays(days)), 8);
}

sealed record CaseHistory(DateOnly Started, DateOnly? Discharged, List<DatedRecord> Interviews, List<Attempt> Attempts, DateOnly Today)
{
    public IReadOnlyList<Opportunity> Opportunities => TamOpportunities.Of(Started, Discharged, Interviews, Attempts, Today);

    public DateOnly? NextChange => TamOpportunities.NextChange(Started, Discharged, Interviews, Attempts, Today);
}
