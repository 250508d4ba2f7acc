using Fidelity.Portal.Importing;
using Fidelity.Validation;

namespace Fidelity.Portal.Tests.Importing;

/// <summary>What is wrong, by cause.</summary>
public sealed class FindingGroupTests
{
    static FindingGroup Group(string file, string? column, string code, int line = 2, bool refused = false) =>
        new(file, column, code, 1, refused, [(line, "Do something.")]);

    [Fact]
    public void Causes_stand_as_the_files_and_columns_do_and_those_of_the_upload_first()
    {
        FindingGroup[] expected =
        [
            Group("programme.zip", null, ErrorCodes.BadEncoding, line: 1),
            Group("teams.csv", null, ErrorCodes.BadEncoding),
            Group("teams.csv", "team_id", ErrorCodes.BadId),
            Group("teams.csv", "team_id", ErrorCodes.DuplicateId),
            Group("teams.csv", "profile", ErrorCodes.UnknownCode),
            Group("cases.csv", "case_id", ErrorCodes.BadId),
            Group("tam.csv", "i2", ErrorCodes.OutOfScale),
            Group("tam.csv", "i10", ErrorCodes.OutOfScale),
            Group("tam.csv", "no_such_column", ErrorCodes.UnknownColumn),
        ];
        FindingGroup.InOrder(expected.Reverse()).ShouldBe(expected);
    }

    [Theory]
    [InlineData(1, false, true)]
    [InlineData(2, false, false)]
    [InlineData(1, true, false)]
    public void A_fault_on_the_first_line_keeps_the_file_from_being_read(int line, bool refused, bool isOfFile) =>
        Group("tam.csv", "i1", ErrorCodes.MissingColumn, line, refused).IsOfFile.ShouldBe(isOfFile);
}
