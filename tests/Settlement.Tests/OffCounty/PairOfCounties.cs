using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.OffCounty;
using MedInsure.Settlement.Tests.Insurers;
using Microsoft.Extensions.Logging.Abstractions;

namespace MedInsure.Settlement.Tests.OffCounty;

/// <summary>Two counties of one city: persons of the first are treated at a hospital of the second, which the first tells over the wire.</summary>
internal sealed class PairOfCounties : IAsyncDisposable
{
    private int lastPerson;

    private PairOfCounties(SettlementNode home, SettlementNode provider, CountyServer server) => (Home, Provider, Server) = (home, provider, server);

    public SettlementNode Home { get; }
    public SettlementNode Provider { get; }
    public CountyServer Server { get; }
    public string Hospital => Provider.Hospital("3");
    public TellOffCountyClaims Teller => new(Server.Client, Home.Time, NullLogger<TellOffCountyClaims>.Instance);

    public static async Task<PairOfCounties> Create(Embedded.PostgresServer server)
    {
        var (home, provider) = (await SettlementNode.Create(server), await SettlementNode.Create(server));
        var pair = new PairOfCounties(home, provider, await CountyServer.Start(provider));
        home.Reference = home.Reference.WithProviders(Catalogs.Provider(pair.Hospital, "3", provider.Tenant.Code), Catalogs.Provider("HELSEWHERE01", "3", "310101"));
        return pair;
    }

    /// <summary>An employee with money in the account.</summary>
    public async Task<string> Person()
    {
        var psnNo = $"P{Interlocked.Increment(ref lastPerson):D6}";
        await Home.AddPerson(psnNo, "310", "1101", accountCreditFen: 5_000_000);
        return psnNo;
    }

    /// <summary>A visit to the hospital of the other county, paid by the pool and the account.</summary>
    public SettleClaimRequest Visit(string psnNo, long fen, string? hospital = null)
    {
        var request = Home.Inline(psnNo, fen, insutype: "310");
        request.FixmedinsCode = request.Key.Sender = hospital ?? Hospital;
        request.UseAccount = true;
        return request;
    }

    public async Task<Committed> Settled(string psnNo, long fen = 80_000, string? hospital = null) => await Home.Settled(Visit(psnNo, fen, hospital));

    public async Task<Committed> Reversed(Committed settled)
    {
        var request = Home.Reversing(settled);
        request.FixmedinsCode = request.Key.Sender = Hospital;
        return await Home.Accepted(Settlement.Claims.ReverseSettlement.Command(request));
    }

    /// <summary>Counts all that is settled.</summary>
    public async Task Counted()
    {
        await Home.Projected();
        while (await CountOffCountyClaims.Run(Home.Database, Home.Tenant.Code, default)) { }
    }

    /// <summary>Counts and tells all.</summary>
    public async Task Told()
    {
        await Counted();
        bool? more;
        while ((more = await Teller.Run(Home.Database, Home.Tenant.Code, Provider.Tenant.Code, default)) is true) { }
        Assert.True(more is false, "the county could not be told");
    }

    /// <summary>The page that the home county would send from a number on.</summary>
    public async Task<TakeOffCountyClaimsRequest> Page(long first, int count)
    {
        var page = new TakeOffCountyClaimsRequest { HomeCounty = Home.Tenant.Code, FirstNo = first };
        await using var command = Home.Database.CreateCommand("SELECT document, digest FROM off_county_settlement WHERE provider_county = $1 AND pair_no >= $2 ORDER BY pair_no LIMIT $3");
        foreach (var value in (object[])[Provider.Tenant.Code, first, count]) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            page.Claim.Add(Google.Protobuf.ByteString.CopyFrom(reader.GetFieldValue<byte[]>(0)));
            page.Digest = Google.Protobuf.ByteString.CopyFrom(reader.GetFieldValue<byte[]>(1));
        }
        return page;
    }

    public Task<Outcome<TakeOffCountyClaimsReply>> Take(TakeOffCountyClaimsRequest page) => TakeOffCountyClaims.Execute(Provider.Database, Provider.Tenant.Code, page, new ChinaCalendar(Provider.Time), default);

    /// <summary>What the home county owes the other by fund, in its ledger.</summary>
    public Task<SortedDictionary<string, long>> Owed() => Balances(Home, $"purpose = 'county_payable' AND counterparty = '{Provider.Tenant.Code}'", -1);

    /// <summary>What the other county says it is owed.</summary>
    public Task<SortedDictionary<string, long>> Due() => Balances(Provider, $"purpose = 'county_receivable' AND counterparty = '{Home.Tenant.Code}'", 1);

    /// <summary>What that county owes its hospitals for it.</summary>
    public Task<SortedDictionary<string, long>> Payable() => Balances(Provider, "purpose = 'provider_payable'", -1);

    private static async Task<SortedDictionary<string, long>> Balances(SettlementNode node, string which, int sign)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await using var command = node.Database.CreateCommand($"""
            SELECT a.fund, {sign} * sum(e.amount_fen)::bigint
            FROM (SELECT account_id, amount_fen FROM voucher_entry UNION ALL SELECT account_id, amount_fen FROM ledger_entry WHERE setl_no > (SELECT settlement_no FROM ledger_head)) e JOIN ledger_account a USING (account_id)
            WHERE {which} GROUP BY a.fund HAVING sum(e.amount_fen) <> 0
            """);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) sums.Add(reader.GetString(0), reader.GetInt64(1));
        return sums;
    }

    public async Task<long> Count(SettlementNode node, string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public static async Task<IReadOnlyList<string>> Findings(SettlementNode node) => (await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings;

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Home.DisposeAsync();
        await Provider.DisposeAsync();
    }
}
