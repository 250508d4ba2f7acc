using System.Net;
using Fidelity.Portal.Notifying;
using Microsoft.Extensions.Configuration;

namespace Fidelity.Portal.Tests.Notifying;

/// <summary>Where the portal may be made to send to.</summary>
public sealed class WebhookAddressTests
{
    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.9.9.9", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("ff02::1", false)]
    // Addresses of IPv4 within those of IPv6.
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:93.184.216.34", true)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:0:7f00:1::", false)]
    public void Only_what_is_on_the_public_internet_is_public(string address, bool isPublic) => WebhookAddress.IsPublic(IPAddress.Parse(address)).ShouldBe(isPublic);

    [Theory]
    [InlineData("https://follow.example.org/fidelity?a=b", null)]
    [InlineData("https://93.184.216.34:8443/", null)]
    [InlineData("http://inside.example.org:9000/x", null)]
    [InlineData("https://127.0.0.2/", null)]
    [InlineData(null, "missing_value")]
    [InlineData(" ", "missing_value")]
    [InlineData("follow.example.org", "bad_id")]
    [InlineData("/fidelity", "bad_id")]
    [InlineData("https://name:word@follow.example.org/", "bad_id")]
    [InlineData("https://follow.example.org/#part", "bad_id")]
    [InlineData("https://follow.example.org/\r\nHost: x", "bad_id")]
    [InlineData("http://follow.example.org/", "unknown_code")]
    [InlineData("ftp://inside.example.org/", "unknown_code")]
    [InlineData("file:///etc/passwd", "bad_id")]
    [InlineData("https://127.0.0.1/", "unknown_reference")]
    [InlineData("https://[::1]/", "unknown_reference")]
    [InlineData("https://169.254.169.254/latest/", "unknown_reference")]
    // The loopback's number in other ways of writing it.
    [InlineData("https://0177.0.0.1/", "unknown_reference")]
    [InlineData("https://0x7f.1/", "unknown_reference")]
    [InlineData("https://follow.example.org/19811218-9876", "personal_identity_number")]
    public void An_address_is_https_and_no_strangers_unless_it_is_let_in_by_name(string? given, string? code) =>
        new WebhookAddress(Inside("inside.example.org, 127.0.0.2")).Fault(given)?.Code.ShouldBe(code);

    [Fact]
    public void An_address_without_end_is_none() => new WebhookAddress(Inside("")).Fault($"https://follow.example.org/{new string('a', 500)}")!.Code.ShouldBe("too_large");

    static IConfiguration Inside(string hosts) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["FIDELITY_WEBHOOK_INTERNAL"] = hosts }).Build();
}
