using Fidelity.Portal.Importing;

namespace Fidelity.Portal.Submitting;

/// <summary>Where records of a kind are submitted one by one, and how that is described.</summary>
/// <param name="Kind">The kind of import file that the record would be a row of.</param>
/// <param name="Path">The last part of the address.</param>
/// <param name="Name">What the record is called in schemas and operations.</param>
/// <param name="Summary">What submitting it does.</param>
/// <param name="Description">What a caller has to know beyond that.</param>
/// <param name="Examples">Documents by name. In the order of the addresses they can all be submitted, into an empty programme.</param>
sealed record RecordAddress(
    ImportKind Kind, string Path, string Name, string Summary, string Description, IReadOnlyList<(string Name, string Document)> Examples)
{
    /// <summary>Whether a recorded one is answered with its score: what raters said is not told.</summary>
    public bool IsScored => Kind == ImportKind.Find("tam.csv");

    /// <summary>Every kind; what a record refers to comes before it.</summary>
    public static readonly IReadOnlyList<RecordAddress> All =
    [
        Of("teams.csv", "teams", "Team", "Register a team, or close it",
            "A known team may be given the day on which it closed; anything else that differs is `conflicting_id`.",
            ("team", """
                {
                  "team_id": "nord", "name": "Team Nord", "profile": "mst@1", "opened": "2025-01-01", "closed": null, "pir_start_month": 1
                }
                """)),

        Of("staff.csv", "posts", "Post", "Register a person's post on a team, or its end",
            "One record for each post: a person may have several. A post is known by person, team, role and first day; a known one may "
            + "be given its last day.",
            ("therapist", """{ "staff_id": "t-1", "team_id": "nord", "role": "therapist", "from": "2025-01-01", "to": null }"""),
            ("second_therapist", """{ "staff_id": "t-2", "team_id": "nord", "role": "therapist", "from": "2025-01-01", "to": null }"""),
            ("supervisor", """{ "staff_id": "s-1", "team_id": "nord", "role": "supervisor", "from": "2025-01-01", "to": null }"""),
            ("consultant", """{ "staff_id": "k-1", "team_id": "nord", "role": "consultant", "from": "2025-01-01", "to": null }"""),
            ("interviewer", """{ "staff_id": "v-1", "team_id": "nord", "role": "interviewer", "from": "2025-01-01", "to": null }""")),

        Of("cases.csv", "cases", "Case", "Open a case, or discharge it",
            "Repeating a known case with its discharge, its reason or its outcomes fills them in. What is filled stays: another value is "
            + "`conflicting_id`. A blank says nothing, so a repeat may leave out what is known.",
            ("opened", """{ "case_id": "c-1", "team_id": "nord", "therapist_id": "t-1", "started": "2025-03-03" }"""),
            ("discharged", """
                {
                  "case_id": "c-1", "team_id": "nord", "therapist_id": "t-1", "started": "2025-03-03",
                  "discharged": "2025-07-11", "discharge_reason": "completed",
                  "living_at_home": true, "in_school_or_work": "yes", "no_new_arrest": true, "no_new_report": null, "no_new_substance_report": "unknown"
                }
                """)),

        Of("reassignments.csv", "reassignments", "Reassignment", "Give a case another therapist from a day on",
            "`therapist_id` of the case is its first therapist; each change is a record of its own.",
            ("reassignment", """{ "case_id": "c-1", "therapist_id": "t-2", "from": "2025-05-05" }""")),

        Of("followups.csv", "follow-ups", "FollowUp", "Record a family's outcomes some months after discharge",
            "The case must be discharged. Follow-ups fill no measure of the PIR.",
            ("six_months", """
                {
                  "case_id": "c-1", "months": 6, "date": "2026-01-12",
                  "living_at_home": true, "in_school_or_work": true, "no_new_arrest": false, "no_new_report": null, "no_new_substance_report": null
                }
                """)),

        Of("tam.csv", "tam-interviews", "TamInterview", "Record a TAM interview with a family",
            "Recorded, it is answered with its score and what the score rests on. Without an interviewer it is the family's own report, "
            + "on paper or on line. A changed answer is a correction, never a second submission.",
            ("by_telephone", """
                {
                  "interview_id": "tam-1", "case_id": "c-1", "interviewer_id": "v-1", "date": "2025-03-18", "mode": "phone",
                  "language": "sv", "interpreter": false, "instrument": "tam-r@1",
                  "items": [5, 5, 4, 5, 5, 5, 5, 5, "NA", 5, 5, 5, 3, 5, 5, 5, 5, 5, 5, null, 5, 5, 5, 5, 5, 5, 5, 5]
                }
                """),
            ("self_report", """
                {
                  "interview_id": "tam-2", "case_id": "c-1", "interviewer_id": null, "date": "2025-04-17", "mode": "online",
                  "language": "ar", "interpreter": null, "instrument": "tam-r@1",
                  "items": [5, 5, 5, 4, 5, 5, 5, 5, 5, 5, 2, 5, 5, 5, 5, 5, 5, 4, 5, 5, 5, 5, 5, 5, "NA", "NA", 5, 5]
                }
                """)),

        Of("tam_attempts.csv", "tam-attempts", "TamAttempt", "Record an attempt to reach a family for its interview",
            "An attempt is known by case, day and outcome. `no_answer` and `call_back` leave the interview due, the other outcomes end it.",
            ("no_answer", """{ "case_id": "c-1", "date": "2025-05-19", "outcome": "no_answer" }""")),

        Of("sam.csv", "sam-surveys", "SamSurvey", "Record a therapist's survey of the supervisor (SAM)",
            "No score is answered: what raters say is shown in a review, once enough of them have answered, or nowhere.",
            ("survey", """
                {
                  "survey_id": "sam-1", "team_id": "nord", "rater_id": "t-1", "supervisor_id": "s-1", "date": "2025-02-03", "instrument": "sam@1",
                  "items": [4, 5, 4, 4, 3, 5, 4, 4, 5, 4, 4, 4, 5, 4, 3, 4, 4, 5, 4, 4, "NA", 4, 5, 4, 4, 4, 3, 4, 5, 4, 4, 4, 4, null, 4, 5, 4, 4, 4, 4, 3, 4, 4]
                }
                """)),

        Of("cam.csv", "cam-surveys", "CamSurvey", "Record a team member's survey of the consultant (CAM)",
            "Therapists and supervisors rate. No score is answered: what raters say is shown in a review, once enough of them have answered, or nowhere.",
            ("survey", """
                {
                  "survey_id": "cam-1", "team_id": "nord", "rater_id": "s-1", "consultant_id": "k-1", "date": "2025-02-04", "instrument": "cam@1",
                  "items": [5, 6, 5, 5, 4, 6, 5, 5, 6, 5, 5, 5, 6, 5, 4, 5, 5, 6, 5, 5, "NA", 5, null]
                }
                """)),

        Of("corrections.csv", "corrections", "Correction", "Correct one answer of an interview or a survey",
            "The id alone says which record it is. The first submission is kept; of several corrections of an item the one with the latest date holds.",
            ("of_an_interview", """{ "id": "tam-1", "date": "2025-03-20", "item": 3, "value": 5, "reason": "Misheard on the telephone" }"""),
            ("of_a_survey", """{ "id": "sam-1", "date": "2025-02-05", "item": 43, "value": null, "reason": null }""")),

        Of("withdrawals.csv", "withdrawals", "Withdrawal", "Withdraw an interview or a survey",
            "The id alone says which record it is. It is kept, and counts nowhere.",
            ("of_an_interview", """{ "id": "tam-2", "date": "2025-04-22", "reason": "Answered for another family" }""")),
    ];

    static RecordAddress Of(string file, string path, string name, string summary, string description, params (string, string)[] examples) =>
        new(ImportKind.Find(file)!, path, name, summary, description, examples);
}
