using System.Globalization;
using System.Text;
using Fidelity.Portal.Importing;
using Microsoft.AspNetCore.Http;

namespace Fidelity.Portal.Tests.Importing;

/// <summary>The files that come with a request.</summary>
public sealed class UploadTests
{
    [Fact]
    public async Task Of_a_file_that_is_no_imports_the_name_alone_is_kept()
    {
        var (files, fault) = await Upload.Read(await Request(
            ("season/teams.csv", "team_id\n"), ("TAM.csv", "i1\n"), ("old/2024/tam.csv", "i1\n"), ("Anteckningar om familjen.docx", "secret"), ("all.zip", "PK"), ("Book.XLSX", "PK")));
        fault.ShouldBeNull();
        files.Select(file => (file.Name, file.Content.Length)).ShouldBe(
        [
            ("season/teams.csv", 8), ("TAM.csv", 3), ("old/2024/tam.csv", 0), ("Anteckningar om familjen.docx", 0), ("all.zip", 2), ("Book.XLSX", 2),
        ]);
    }

    [Fact]
    public async Task A_form_whose_fields_were_left_blank_has_no_files() =>
        (await Upload.Read(await Request(("", "")))).Fault.ShouldBe(UploadFault.NoFiles);

    [Fact]
    public async Task A_form_that_breaks_off_is_told_from_one_without_files()
    {
        var context = await Request(("teams.csv", "team_id\n"));
        context.Request.Body.SetLength(context.Request.Body.Length - 20);
        (await Upload.Read(context)).Fault.ShouldBe(UploadFault.Unreadable);
        context = new DefaultHttpContext();
        context.Request.ContentType = "application/json";
        (await Upload.Read(context)).Fault.ShouldBe(UploadFault.NoForm);
    }

    static async Task<HttpContext> Request(params (string Name, string Content)[] files)
    {
        const string Boundary = "the-end-of-a-part";
        var body = new StringBuilder();
        foreach (var (name, content) in files)
            body.Append(CultureInfo.InvariantCulture, $"--{Boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n{content}\r\n");
        body.Append(CultureInfo.InvariantCulture, $"--{Boundary}--\r\n");
        var context = new DefaultHttpContext();
        context.Request.ContentType = $"multipart/form-data; boundary={Boundary}";
        var stream = new MemoryStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(body.ToString()));
        stream.Position = 0;
        context.Request.Body = stream;
        return context;
    }
}
