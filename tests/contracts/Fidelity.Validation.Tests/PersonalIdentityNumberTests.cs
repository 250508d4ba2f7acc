using FsCheck;
using FsCheck.Fluent;

namespace Fidelity.Validation.Tests;

public class PersonalIdentityNumberTests
{
    [Theory]
    [InlineData("20110229-1234", true)]
    [InlineData("20110229+1234", true)]
    [InlineData("201102291234", true)]
    [InlineData("110229-1234", true)]
    [InlineData("1102291234", true)]
    [InlineData(" 110229+1234 ", true)]
    [InlineData("110229--1234", false)]
    [InlineData("11022-91234", false)]
    [InlineData("c-20110229-1234", false)]
    [InlineData("20110229", false)]
    [InlineData("2025-01-15", false)]
    [InlineData("20110229-12345", false)]
    [InlineData("", false)]
    public void A_whole_value_is_judged_by_its_shape(string value, bool is_one) => PersonalIdentityNumber.Is(value).ShouldBe(is_one);

    [Theory]
    [InlineData("mother of 20110229-1234", true)]
    [InlineData("(110229+1234)", true)]
    [InlineData("pnr:201102291234.", true)]
    [InlineData("pnr=201102291234", true)]
    [InlineData("line\n1102291234", true)]
    [InlineData("2011022912345", false)]
    [InlineData("x201102291234", false)]
    [InlineData("-201102291234", false)]
    [InlineData("201102291234-", false)]
    [InlineData("0190a6f2-7b1c-7c3e-9d55-201102291234", false)]
    [InlineData("12345678-1234-1234-1234-123456789012", false)]
    [InlineData("2025-01-15 to 2025-02-28", false)]
    public void In_free_text_a_whole_token_is_judged(string text, bool holds_one) => PersonalIdentityNumber.IsIn(text).ShouldBe(holds_one);

    [Fact]
    public void No_guid_holds_one() => Prop.ForAll(ArbMap.Default.ArbFor<Guid>(), guid => !PersonalIdentityNumber.IsIn($"see {guid}.")).QuickCheckThrowOnFailure();
}
