using System.Globalization;

namespace Fidelity.Benchmarks;

/// <summary>
/// Import files of a network that does not exist: teams with posts, cases, interviews, attempts and surveys spread over three
/// years. The same numbers give the same files.
/// </summary>
/// <param name="Teams">How many teams; every fourth is an MST-CAN team.</param>
/// <param name="Interviews">How many TAM interviews in all.</param>
/// <param name="Prefix">Begins every id, so that networks in one programme can be told apart.</param>
sealed record SyntheticNetwork(int Teams, int Interviews, string Prefix)
{
    const int Therapists = 3;
    const int InterviewsPerCase = 4;
    const double Answering = 0.75;

    static readonly DateOnly First = new(2023, 11, 1);
    static readonly DateOnly Last = new(2026, 10, 31);

    /// <summary>Writes one file of each kind, and returns the number of rows.</summary>
    public int Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(20261031);
        var rows = 0;
        using var teams = File("teams.csv", "team_id,name,profile,opened,closed,pir_start_month");
        using var staff = File("staff.csv", "staff_id,team_id,role,from,to");
        using var cases = File("cases.csv",
            "case_id,team_id,therapist_id,started,discharged,discharge_reason,living_at_home,in_school_or_work,no_new_arrest,no_new_report,no_new_substance_report");
        using var interviews = File("tam.csv",
            "interview_id,case_id,interviewer_id,date,mode,language,interpreter,instrument," + Items(28));
        using var attempts = File("tam_attempts.csv", "case_id,date,outcome");
        using var sam = File("sam.csv", "survey_id,team_id,rater_id,supervisor_id,date,instrument," + Items(43));
        using var cam = File("cam.csv", "survey_id,team_id,rater_id,consultant_id,date,instrument," + Items(23));
        using var corrections = File("corrections.csv", "id,date,item,value,reason");
        using var withdrawals = File("withdrawals.csv", "id,date,reason");

        var given = 0;
        for (var number = 0; number < Teams; number++)
        {
            var team = $"{Prefix}{number:000}";
            var isMstCan = number % 4 == 3;
            Row(teams, team, $"Team {Prefix.ToUpperInvariant()}{number:000}", isMstCan ? "mst-can@1" : "mst@1", Day(First), "", "1");
            var supervisor = $"{team}-s";
            var consultant = $"{Prefix}k{number / 10}";
            var interviewer = $"{Prefix}v{number / 5}";
            Row(staff, supervisor, team, "supervisor", Day(First), "");
            Row(staff, consultant, team, "consultant", Day(First), "");
            Row(staff, interviewer, team, "interviewer", Day(First), "");
            for (var therapist = 0; therapist < Therapists; therapist++)
                Row(staff, $"{team}-t{therapist}", team, "therapist", Day(First), "");

            var target = (int)((long)Interviews * (number + 1) / Teams);
            var toGive = target - given;
            var courses = Math.Max(1, toGive / InterviewsPerCase);
            for (var course = 0; course < courses; course++)
                Treat(number, course, courses, course == courses - 1 ? target - given : Math.Min(InterviewsPerCase, target - given));
            for (var due = First.AddMonths(1); due <= Last; due = due.AddMonths(2))
                Survey(number, due);

            void Treat(int number, int course, int courses, int toGive)
            {
                var id = $"{team}-c{course}";
                var therapist = $"{team}-t{course % Therapists}";
                var days = Last.DayNumber - First.DayNumber - 150;
                var started = First.AddDays((int)((long)days * course / courses));
                var length = 30 * toGive + random.Next(5, 25);
                var discharged = started.AddDays(length);
                var reason = random.NextDouble() switch { < 0.85 => "completed", < 0.9 => "lack_of_engagement", < 0.97 => "placed", _ => "moved" };
                Row(cases, id, team, therapist, Day(started), Day(discharged), reason, Outcome(0.9), Outcome(0.87), Outcome(0.88),
                    isMstCan ? Outcome(0.9) : "", isMstCan ? Outcome(0.95) : "");
                for (var month = 0; month < toGive; month++)
                {
                    given++;
                    var interview = $"{id}-i{month}";
                    var date = started.AddDays(14 + 30 * month + random.Next(-5, 6));
                    Row(interviews, [interview, id, interviewer, Day(date), "phone", "sv", "no", isMstCan ? "tam-can@1" : "tam-r@1", .. Answers(28, 5, 0.72)]);
                    if (random.NextDouble() < 0.3)
                        Row(attempts, id, Day(date.AddDays(-1)), "no_answer");
                    if (random.NextDouble() < 0.005)
                        Row(corrections, interview, Day(date.AddDays(2)), "7", "4", "typing error");
                    if (random.NextDouble() < 0.001)
                        Row(withdrawals, interview, Day(date.AddDays(3)), "entered on the wrong case");
                }
            }

            void Survey(int number, DateOnly due)
            {
                for (var therapist = 0; therapist < Therapists; therapist++)
                {
                    var rater = $"{team}-t{therapist}";
                    if (random.NextDouble() < Answering)
                        Row(sam, [$"{rater}-a{due:yyMM}", team, rater, supervisor, Day(due.AddDays(random.Next(-10, 20))), "sam@1", .. Answers(43, 5, 0.5)]);
                    if (random.NextDouble() < Answering)
                        Row(cam, [$"{rater}-b{due:yyMM}", team, rater, consultant, Day(due.AddDays(random.Next(-10, 20))), "cam@1", .. Answers(23, 6, 0.5)]);
                }
            }
        }

        return rows;

        StreamWriter File(string name, string header)
        {
            var writer = new StreamWriter(Path.Combine(folder, name));
            writer.Write(header + "\n");
            return writer;
        }

        void Row(StreamWriter file, params IEnumerable<string> cells)
        {
            file.Write(string.Join(',', cells) + "\n");
            rows++;
        }

        string Outcome(double good) => random.NextDouble() switch { < 0.05 => "", var drawn when drawn < good => "yes", _ => "no" };

        IEnumerable<string> Answers(int items, int highest, double top) => Enumerable.Range(0, items).Select(_ => random.NextDouble() switch
        {
            < 0.02 => "NA",
            < 0.03 => "",
            var drawn when drawn < top => Number(highest),
            _ => Number(random.Next(1, highest)),
        });
    }

    static string Items(int count) => string.Join(',', Enumerable.Range(1, count).Select(item => "i" + Number(item)));

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
