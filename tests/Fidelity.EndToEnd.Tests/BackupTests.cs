using System.Net;

namespace Fidelity.EndToEnd.Tests;

public sealed class CopiedInstallation() : Installation(port: 19400);

/// <summary>Nothing is in it, and nothing of it runs, until a backup is restored.</summary>
public sealed class EmptyInstallation(int port, bool ownServers) : Installation(port, ownServers)
{
    public override async ValueTask InitializeAsync() => await Prepare();
}

/// <summary>What is restored from a backup is what was backed up, on other servers, and goes on from there.</summary>
public sealed class BackupTests(CopiedInstallation original) : IClassFixture<CopiedInstallation>, IAsyncLifetime
{
    static readonly string[] Owners = ["roster", "tam", "surveys", "pir"];

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    readonly string folder = Directory.CreateTempSubdirectory("fidelity-backup-").FullName;

    /// <summary>What another test has killed runs again.</summary>
    public async ValueTask InitializeAsync() => await original.Up();

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_restored_installation_has_every_event_and_review_and_takes_new_submissions()
    {
        const string Programme = "season";
        await original.Import(Installation.Season, Programme);
        var (backup, events) = await BackedUpAtRest();
        File.GetUnixFileMode(backup).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(backup).Append($"{backup}-secrets.tar"))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        (await Refused(() => original.Restore(backup))).ShouldContain("A backup is restored into an empty one");

        var restored = new EmptyInstallation(port: 19500, ownServers: true);
        await using var _ = restored;
        await restored.InitializeAsync();
        (await restored.Restore(backup)).ShouldContain("as many as were copied");
        (await restored.Events()).ShouldBe(events);
        await restored.Up();
        await restored.Settle();
        (await Expected.Differences(restored, Programme)).ShouldBeEmpty();
        // Both may come to rest, and show what raters answered, while they are compared.
        while (await Reviews(restored) != await Reviews(original))
            await Task.Delay(500, Cancelled);

        // All was published again, and nobody took it for news.
        var again = await restored.Events();
        foreach (var owner in Owners)
            again[owner].ShouldBe(events[owner], owner);

        await NewRecords.ArriveInTheReview(restored, Programme, "mst-norr");
    }

    [Fact]
    public async Task What_was_on_its_way_when_the_backup_was_taken_arrives_in_the_restored_installation()
    {
        const string Programme = "under-way";
        // Commands stay in the broker, of single submissions and of an import; so do facts, and answers that the portal cannot store.
        const string Alone = "alone";
        await NewRecords.Open(original, Alone);
        original.Kill("tam");
        original.Kill("pir");
        using var single = await original.Post(Alone, "tam-interviews", NewRecords.Interview("alone-1", "c1", "2026-07-20"));
        single.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var import = await original.Upload(Installation.Season, Programme);
        await original.Accept(import);
        await original.Until(import, shown => (int)shown["answered"]! > 600);
        await original.Execute("""
            create function portal.refuse() returns trigger language plpgsql as $$ begin raise exception 'the table is closed'; end $$;
            create trigger refuse before insert on portal.mt_events for each row when (new.type = 'submission_concluded') execute function portal.refuse();
            """);
        await original.Until(import, shown => (int)shown["sent"]! == (int)shown["new"]!);
        foreach (var queues in new[] { new[] { "tam" }, ["pir"], ["portal-answers", "portal-answers_error"] })
            await Queued(queues);
        original.Kill("portal");
        await original.Execute("drop function portal.refuse cascade");
        var backup = Path.Combine(folder, "under-way");
        await original.Backup(backup);

        var restored = new EmptyInstallation(port: 19600, ownServers: false);
        await using var _ = restored;
        await restored.InitializeAsync();
        await restored.Restore(backup);
        (await restored.Queued()).Values.Sum().ShouldBe(0);
        await restored.Up();
        await restored.Until(import, shown => (string)shown["state"]! == "settled");
        (await Expected.Differences(restored, Programme)).ShouldBeEmpty();
        await restored.Until(single.Headers.Location!.ToString(), shown => (string)shown["state"]! == "recorded");
    }

    [Fact]
    public async Task A_backup_that_was_damaged_is_refused_before_anything_is_made()
    {
        var backup = Path.Combine(folder, "damaged");
        await original.Backup(backup);
        await using (var dump = File.OpenWrite(Path.Combine(backup, "database.dump")))
        {
            dump.Position = dump.Length / 2;
            dump.Write("damage"u8);
        }

        var restored = new EmptyInstallation(port: 19600, ownServers: true);
        await using var _ = restored;
        await restored.InitializeAsync();
        (await Refused(() => restored.Restore(backup))).ShouldContain("is damaged; take another");
    }

    /// <summary>What another test left under way may still arrive: only when nothing did meanwhile are the events those of the backup.</summary>
    async Task<(string Backup, IReadOnlyDictionary<string, long> Events)> BackedUpAtRest()
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = await original.Events();
            var backup = Path.Combine(folder, $"season-{attempt}");
            (await original.Backup(backup)).ShouldContain("definitions are not copied");
            if ((await original.Events()).SequenceEqual(before))
                return (backup, before);
        }
    }

    static async Task<string> Refused(Func<Task<string>> restore) => (await Assert.ThrowsAsync<ShouldAssertException>(restore)).Message;

    static async Task<string> Reviews(Installation installation) => (await installation.Get("/api/v1/reviews")).ToJsonString();

    async Task Queued(params string[] queues)
    {
        while ((await original.Queued()) is var queued && queues.Sum(queue => queued[queue]) == 0)
            await Task.Delay(200, Cancelled);
    }
}
