using MedInsure.Embedded;

namespace MedInsure.Settlement.Tests;

/// <summary>One PostgreSQL for the assembly. Most tests share a county; those that restart it or change its catalog make their own.</summary>
public sealed class SharedPostgres : IAsyncLifetime
{
    public PostgresServer Server { get; private set; } = null!;

    private readonly Dictionary<string, World> worlds = [];

    public async Task InitializeAsync() => Server = await PostgresServer.StartForTests();

    /// <summary>The shared county with Harbin's packs (2301) or Guichi's (3417). Tests of the collection run one after the other.</summary>
    public async Task<World> World(string city = "2301") => worlds.TryGetValue(city, out var world) ? world : worlds[city] = await Tests.World.Create(this, city);

    private Supplements.SupplementWorld? supplements;

    /// <summary>The shared county with an insurer of a supplementary policy, as a test finds it: nobody asked, nobody awaited.</summary>
    internal async Task<Supplements.SupplementWorld> Supplements()
    {
        supplements ??= await Tests.Supplements.SupplementWorld.Create(Server);
        await supplements.Begin();
        return supplements;
    }

    private ProviderReconciliation.ReconciliationCounty? reconciliation;

    /// <summary>The county of providers' reconciliations; every test takes a provider of its own.</summary>
    internal async Task<ProviderReconciliation.ReconciliationCounty> Reconciliation() => reconciliation ??= await ProviderReconciliation.ReconciliationCounty.Create(Server);

    private BillChecks.CheckedCounty? checkedCounty;

    /// <summary>The county whose bills a real fraud-audit checks.</summary>
    internal async Task<BillChecks.CheckedCounty> CheckedCounty() => checkedCounty ??= await BillChecks.CheckedCounty.Create(Server);

    public async Task DisposeAsync()
    {
        if (checkedCounty is not null) await checkedCounty.DisposeAsync();
        if (reconciliation is not null) await reconciliation.DisposeAsync();
        if (supplements is not null) await supplements.DisposeAsync();
        foreach (var world in worlds.Values) await world.DisposeAsync();
        await Server.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<SharedPostgres>
{
    public const string Name = "postgres";
}
