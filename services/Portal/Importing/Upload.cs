using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Fidelity.Portal.Importing;

/// <summary>Why no files could be taken from a request.</summary>
enum UploadFault
{
    /// <summary>It has no form with files.</summary>
    NoForm,

    /// <summary>The form cannot be read to its end.</summary>
    Unreadable,

    /// <summary>It has no file.</summary>
    NoFiles,
}

/// <summary>The files that come with a request.</summary>
static class Upload
{
    public const long Largest = 512L * 1024 * 1024;

    /// <summary>What a route says that takes files.</summary>
    public static IRequestSizeLimitMetadata SizeLimit { get; } = new RequestSizeLimit(Largest);

    /// <summary>Reads them. Of a file that is no import's, the name alone is kept: a folder may hold anything.</summary>
    public static async Task<(IReadOnlyList<UploadedFile> Files, UploadFault? Fault)> Read(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
            return ([], UploadFault.NoForm);
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = Largest }, context.RequestAborted);
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return ([], UploadFault.Unreadable);
        }

        var files = new List<UploadedFile>();
        foreach (var file in form.Files)
        {
            var name = file.FileName.Replace("\0", "", StringComparison.Ordinal);
            var content = new byte[ImportFiles.Reads(name) ? file.Length : 0];
            await using var sent = file.OpenReadStream();
            await sent.ReadExactlyAsync(content, context.RequestAborted);
            files.Add(new UploadedFile(name, content));
        }

        return (files, files.Count == 0 ? UploadFault.NoFiles : null);
    }

    sealed record RequestSizeLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
