using System.Text.Json;
using FsCheck.Fluent;

namespace Fidelity.Measurement.Tests;

public sealed class ScoringTests
{
    static Answer[] Answers(int count, Func<int, Answer> item) => [.. Enumerable.Range(1, count).Select(item)];

    [Fact]
    public void Top_box_counts_answers_at_the_adherent_end()
    {
        // 17 answers of 5 among 28: 17/28, just below .61.
        var score = Scoring.Score(Instruments.TamR, Answers(28, i => Answer.Of(i <= 17 ? 5 : 4)));
        score.ShouldBe(new Score("tam-r@1", 28, 0, 0, new Fraction(17, 28)));
        (score.Value < Instruments.TamR.Threshold).ShouldBeTrue();
    }

    [Fact]
    public void A_reverse_scored_item_is_adherent_at_the_other_end()
    {
        var reversed = Instruments.TamR with { ReverseScored = [1, 2] };
        Scoring.Score(reversed, Answers(28, i => Answer.Of(i <= 2 ? 1 : 5))).Value.ShouldBe(1);
        Scoring.Score(reversed, Answers(28, _ => Answer.Of(5))).Value.ShouldBe(new Fraction(26, 28));
        Scoring.Score(reversed with { Rule = ScoringRule.Linear }, Answers(28, i => Answer.Of(i <= 2 ? 1 : 5))).Value.ShouldBe(1);
    }

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(3, 1, 2)]
    [InlineData(4, 3, 4)]
    [InlineData(5, 1, 1)]
    public void Linear_moves_the_mean_to_0_to_1(int answer, int numerator, int denominator) =>
        Scoring.Score(Instruments.TamRLinear, Answers(28, _ => Answer.Of(answer))).Value.ShouldBe(new Fraction(numerator, denominator));

    [Fact]
    public void Below_19_answers_there_is_no_score()
    {
        var enough = Scoring.Score(
            Instruments.TamR, Answers(28, i => i <= 19 ? Answer.Of(5) : i <= 23 ? Answer.NotApplicable : Answer.Blank));
        enough.ShouldBe(new Score("tam-r@1", 19, 4, 5, 1));
        enough.IsSufficient.ShouldBeTrue();
        var tooFew = Scoring.Score(Instruments.TamR, Answers(28, i => i <= 18 ? Answer.Of(5) : Answer.Blank));
        tooFew.ShouldBe(new Score("tam-r@1", 18, 0, 10, null));
        tooFew.IsSufficient.ShouldBeFalse();
    }

    [Fact]
    public void Subscales_are_means_on_the_scale_and_items_2_and_3_count_twice_in_CAM()
    {
        var scores = Scoring.Subscales(Instruments.Cam, Answers(23, i => Answer.Of(i is 2 or 3 ? 6 : 1)));
        scores["competence"].Value.ShouldBe(new Fraction(6 + 6 + 5, 7)); // 2, 3, 6, 20–23
        scores["procedures"].Value.ShouldBe(new Fraction(6 + 6 + 11, 13)); // 1–5, 12–19
        scores["alliance"].Value.ShouldBe(1); // 7–11
    }

    [Fact]
    public void The_SAM_key_covers_every_item_once()
    {
        Instruments.Sam.Subscales.SelectMany(subscale => subscale.Items).Order().ShouldBe(Enumerable.Range(1, 43));
        Instruments.Sam.Subscales.Select(its => (its.Key, its.Items[0], its.Items[^1], its.MinimumAnswered)).ShouldBe(
        [
            ("principles", 1, 12, 6), ("analytical_process", 13, 22, 5),
            ("structure_and_process", 23, 33, 6), ("clinician_development", 34, 43, 5),
        ]);
    }

    [Fact]
    public void Half_of_a_subscale_rounded_up_is_enough()
    {
        // Alliance has five items, 7–11.
        Scoring.Subscales(Instruments.Cam, Answers(23, i => i <= 9 ? Answer.Of(4) : Answer.Blank))["alliance"].Value.ShouldBe(4);
        Scoring.Subscales(Instruments.Cam, Answers(23, i => i <= 8 ? Answer.Of(4) : Answer.Blank))["alliance"]
            .ShouldBe(new Score("cam@1", 2, 0, 3, null));
    }

    [Fact]
    public void Answers_that_do_not_fit_are_refused()
    {
        Should.Throw<ArgumentException>(() => Scoring.Score(Instruments.TamR, Answers(27, _ => Answer.Of(5))));
        Should.Throw<ArgumentException>(() => Scoring.Score(Instruments.TamR, Answers(28, _ => Answer.Of(6))));
        Should.Throw<ArgumentException>(() => Scoring.Score(Instruments.Cam, Answers(23, _ => Answer.Of(6))), "CAM never has a total");
        Instruments.TamR.Accepts(Answer.Of(0)).ShouldBeFalse();
        Instruments.Cam.Accepts(Answer.Of(6)).ShouldBeTrue();
        Instruments.TamR.Accepts(Answer.NotApplicable).ShouldBeTrue();
    }

    [Fact]
    public void The_latest_correction_of_an_item_wins_in_whatever_order_they_come() =>
        Property.Holds(
            from corrections in Gens.Some(
                from date in Gens.Date from item in Gen.Choose(1, 28) from value in Gen.Choose(1, 5)
                select new Correction(date, item, Answer.Of(value)), 30)
            let distinct = corrections.DistinctBy(correction => (correction.Date, correction.Item)).ToArray()
            from shuffled in Gen.Shuffle(distinct)
            select (distinct, shuffled),
            t =>
            {
                var corrected = Scoring.Corrected(Answers(28, _ => Answer.Blank), t.shuffled);
                corrected.ShouldBe(Answers(28, item =>
                    t.distinct.Where(correction => correction.Item == item).MaxBy(correction => correction.Date)?.Value ?? Answer.Blank));
            });

    [Fact]
    public void A_correction_can_take_an_answer_away_but_not_add_an_item()
    {
        Scoring.Corrected([Answer.Of(4)], [new(new(2026, 1, 1), 1, Answer.Blank)]).ShouldBe([Answer.Blank]);
        Should.Throw<ArgumentException>(() => Scoring.Corrected([Answer.Of(4)], [new(new(2026, 1, 1), 2, Answer.Of(1))]));
    }

    [Fact]
    public void A_score_stays_readable()
    {
        var score = new Score("tam-r@1", 28, 0, 0, new Fraction(17, 28));
        var json = JsonSerializer.Serialize(score, JsonSerializerOptions.Web);
        json.ShouldBe("""{"definition":"tam-r@1","answered":28,"notApplicable":0,"blank":0,"value":"17/28"}""");
        JsonSerializer.Deserialize<Score>(json, JsonSerializerOptions.Web).ShouldBe(score);
    }

    [Fact]
    public void A_definition_says_how_surely_each_part_is_known()
    {
        Instruments.All.Select(definition => (definition.Id, definition.Status)).ShouldBe(
        [
            ("tam-r@1", SourceStatus.Unverified), ("tam-r-linear@1", SourceStatus.Unverified), ("tam-can@1", SourceStatus.Unverified),
            ("sam@1", SourceStatus.Unverified), ("cam@1", SourceStatus.Verified),
        ]);
        Instruments.All.ShouldAllBe(definition => definition.Source.Length > 0 && definition.Parts.Count > 0);
        Instruments.TamR.Parts.Single(part => part.Part == "threshold").Status.ShouldBe(SourceStatus.Verified);
        Instruments.TamCan.Threshold.ShouldBeNull();
        Instruments.Find("tam-r@2").ShouldBeNull();
    }
}
