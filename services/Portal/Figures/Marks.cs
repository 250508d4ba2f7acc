using System.Text.Encodings.Web;
using Fidelity.Measurement;
using Microsoft.AspNetCore.Components;

namespace Fidelity.Portal.Figures;

/// <summary>Finished markup for a page that has thousands of the same mark.</summary>
static class Marks
{
    /// <summary>A verdict; the page has its <see cref="VerdictShapes"/> once.</summary>
    public static MarkupString Verdict(MeasureStatus status, string words) => Verdict(Codes.Of(status), words);

    /// <summary>What a chart says, likewise with the shapes of that.</summary>
    public static MarkupString Verdict(string code, string words) => new($"""
        <span class="verdict {code}"><svg aria-hidden="true"><use href="#verdict-{code}" /></svg> <span>{HtmlEncoder.Default.Encode(words)}</span></span>
        """);

    /// <summary>Stands behind a figure that rests on something unverified; the page says below what the star means.</summary>
    public static MarkupString Unverified(string words) => new($"""
        <span class="unverified" aria-hidden="true">*</span><span class="unseen"> {HtmlEncoder.Default.Encode(words)}</span>
        """);
}
