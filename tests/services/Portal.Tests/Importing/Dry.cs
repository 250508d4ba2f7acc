using System.Text;
using Fidelity.Contracts;
using Fidelity.Portal.Importing;

namespace Fidelity.Portal.Tests.Importing;

/// <summary>Dry runs of given files.</summary>
static class Dry
{
    public static IReadOnlyList<UploadedFile> Folder(string name) =>
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, name), "*.csv")
            .Where(file => Path.GetFileName(file) != "expected-errors.csv")
            .Select(file => new UploadedFile(Path.GetFileName(file), File.ReadAllBytes(file))),
    ];

    public static CheckedImport Run(params IEnumerable<UploadedFile> files) => Run([], files);

    public static CheckedImport Run(IEnumerable<Command> known, IEnumerable<UploadedFile> files) =>
        ParsedImport.Read(ImportFiles.Open(files), "demo").Check(new KnownRecords(known));

    public static UploadedFile Csv(string name, params IEnumerable<string> lines) =>
        new(name, Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    /// <summary>What accepting the import leaves known, by key.</summary>
    public static IEnumerable<Command> Accept(CheckedImport import) =>
        import.Rows.GroupBy(row => RecordKey.Of(row.Command)).Select(rows => rows.Last().Command);

    public static IReadOnlyList<string> Summary(IEnumerable<Finding> findings) =>
        [.. findings.Select(finding => FormattableString.Invariant($"{finding.File},{finding.Line},{finding.Column},{finding.Code}"))];

    public static readonly UploadedFile Teams = Csv("teams.csv",
        "team_id,name,profile,opened,closed,pir_start_month",
        "norr,Team Norr,mst@1,2025-01-01,,1");

    public static readonly UploadedFile Staff = Csv("staff.csv",
        "staff_id,team_id,role,from,to",
        "t-1,norr,therapist,2025-01-01,",
        "t-2,norr,therapist,2025-01-01,2025-06-30",
        "s-1,norr,supervisor,2025-01-01,",
        "v-1,norr,interviewer,2025-01-01,");

    public static readonly string CaseColumns =
        "case_id,team_id,therapist_id,started,discharged,discharge_reason,living_at_home,in_school_or_work,no_new_arrest,no_new_report,no_new_substance_report";

    public static UploadedFile Cases(params IEnumerable<string> rows) => Csv("cases.csv", rows.Prepend(CaseColumns));

    public static readonly string TamColumns =
        "interview_id,case_id,interviewer_id,date,mode,language,interpreter,instrument," + string.Join(',', Enumerable.Range(1, 28).Select(item => $"i{item}"));

    public static string Interview(string id, string @case, string date, string instrument = "tam-r@1", string first = "5") =>
        $"{id},{@case},v-1,{date},phone,sv,no,{instrument},{first},{string.Join(',', Enumerable.Repeat("4", 27))}";

    public static UploadedFile Tam(params IEnumerable<string> rows) => Csv("tam.csv", rows.Prepend(TamColumns));
}
