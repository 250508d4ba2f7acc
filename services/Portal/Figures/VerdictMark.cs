using System.Text.Encodings.Web;
using Fidelity.Measurement;
using Microsoft.AspNetCore.Components;

namespace Fidelity.Portal.Figures;

/// <summary>A verdict as finished markup, for a page that has thousands of them and its <see cref="VerdictShapes"/> once.</summary>
static class VerdictMark
{
    public static MarkupString Of(MeasureStatus status, string words)
    {
        var code = Codes.Of(status);
        return new($"""
            <span class="verdict {code}"><svg aria-hidden="true"><use href="#verdict-{code}" /></svg> <span>{HtmlEncoder.Default.Encode(words)}</span></span>
            """);
    }
}
