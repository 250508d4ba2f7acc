using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Options;

namespace Fidelity.Portal.Languages;

/// <summary>The language of the pages: the one chosen by link, kept in a cookie, and otherwise the browser's.</summary>
static class ChoosingLanguage
{
    static readonly TimeSpan Remembered = TimeSpan.FromDays(365);

    public static void AddLanguages(this IServiceCollection services)
    {
        services.AddLocalization();
        services.Configure<RequestLocalizationOptions>(options =>
        {
                        options.SetDefaultCulture(Fallback.Name);
            options.SupportedCultures = options.SupportedUICultures = [.. Translated];
            options.RequestCultureProviders =
            [
                new CookieRequestCultureProvider(),
                // A link that is given to somebody may say what they read.
                new QueryStringRequestCultureProvider { QueryStringKey = "language", UIQueryStringKey = "language" },
                new AcceptLanguageHeaderRequestCultureProvider(),
            ];
        });
    }

    public static void MapLanguages(this IEndpointRouteBuilder pages) => pages.MapGet("/language/{name}", Choose).AllowAnonymous();

    public static string Link(CultureInfo language, HttpRequest request) =>
        $"/language/{language.Name}?from={Uri.EscapeDataString(request.Path + request.QueryString)}";

    public static string NameOf(CultureInfo language) => language.TextInfo.ToTitleCase(language.NativeName);

    /// <summary>Says something in another's language; in the reader's where nothing is translated to that.</summary>
    public static T In<T>(string language, Func<T> say)
    {
        var (culture, texts) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        if (Translated.FirstOrDefault(known => known.Name == language) is { } theirs)
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = theirs;
        try
        {
            return say();
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, texts);
        }
    }

    static CultureInfo Fallback { get; } = CultureInfo.GetCultureInfo("en");

    /// <summary>English, and every language that has a file of texts: its satellite assembly lies in a folder of its name.</summary>
    static IReadOnlyList<CultureInfo> Translated { get; } =
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, $"{typeof(Texts).Assembly.GetName().Name}.resources.dll", SearchOption.AllDirectories)
            .Select(file => CultureInfo.GetCultureInfo(Path.GetFileName(Path.GetDirectoryName(file)!)))
            .Append(Fallback)
            .OrderBy(language => language.NativeName, StringComparer.OrdinalIgnoreCase),
    ];

    static Results<RedirectHttpResult, NotFound> Choose(
        string name, string? from, HttpContext context, IOptions<RequestLocalizationOptions> languages)
    {
        if (languages.Value.SupportedUICultures!.FirstOrDefault(supported => supported.Name == name) is not { } language)
            return TypedResults.NotFound();
        context.Response.Cookies.Append(
            CookieRequestCultureProvider.DefaultCookieName,
            CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language)),
            new CookieOptions { MaxAge = Remembered, HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = context.Request.IsHttps, IsEssential = true });
        return TypedResults.LocalRedirect(RedirectHttpResult.IsLocalUrl(from) ? from! : "/");
    }
}
