using JasperFx.Events;

namespace Fidelity.EventStore;

public sealed record AccountOpened(string Owner, decimal Initial);

public sealed record Deposited(decimal Amount);

public sealed record Withdrawn(decimal Amount);

/// <summary>A record: created from an event, changed by a returning Apply and by a static one.</summary>
public sealed partial record Account
{
    public string Id { get; init; } = "";
    public int Version { get; init; }
    public string Owner { get; init; } = "";
    public decimal Balance { get; init; }

    public static Account Create(AccountOpened opened) => new() { Owner = opened.Owner, Balance = opened.Initial };
    public Account Apply(Deposited deposited) => this with { Balance = Balance + deposited.Amount };
    public static Account Apply(Withdrawn withdrawn, Account account) => account with { Balance = account.Balance - withdrawn.Amount };
}

/// <summary>A class with a default constructor, changed in place and told of the event's envelope.</summary>
public sealed partial class Statement
{
    public string Id { get; set; } = "";
    public int Version { get; set; }
    public IList<string> Lines { get; } = [];

    public void Apply(IEvent<Deposited> deposited) => Lines.Add($"{deposited.Version}: +{deposited.Data.Amount}");
    public void Apply(Withdrawn withdrawn) => Lines.Add($"-{withdrawn.Amount}");
}

/// <summary>Created from the envelope.</summary>
public sealed partial record Opening(string Id, string Owner, DateTimeOffset At)
{
    public static Opening Create(IEvent<AccountOpened> opened) => new(opened.StreamKey!, opened.Data.Owner, opened.Timestamp);
}
