using System.Collections.Concurrent;
using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Journal;
using Client = MedInsure.Protos.Settlement.V1.Settlement.SettlementClient;

namespace MedInsure.Settlement.Tests.OffCounty;

/// <summary>
/// Two counties, each a process, on a real PostgreSQL: while bills of the one's persons come from the other's hospital, either process is killed at random. At the end both ledgers mirror
/// to the fen, each bill once. MEDINSURE_OFF_COUNTY_BILLS says how many bills (10,000 for the long form).
/// </summary>
[Trait("Category", "Crash")]
[Collection(PostgresCollection.Name)]
public sealed class OffCountyCrashTests(SharedPostgres postgres) : IAsyncLifetime
{
    private const int Persons = 200, Callers = 16;
    private static readonly int Bills = int.Parse(Environment.GetEnvironmentVariable("MEDINSURE_OFF_COUNTY_BILLS") ?? "800", CultureInfo.InvariantCulture), Kills = 3 + Bills / 1_500;

    private SettlementNode home = null!, provider = null!;
    private PublishedCity city = null!;
    private CountyProcess homeProcess = null!, providerProcess = null!;

    public async Task InitializeAsync()
    {
        (home, provider) = (await SettlementNode.Create(postgres.Server), await SettlementNode.Create(postgres.Server));
        await home.AddPersons([.. Enumerable.Range(0, Persons).Select(i =>
        {
            var person = new Person { PsnNo = $"P{i}", Certno = "230102198001010010", PsnName = "王测试", BirthOn = 19800101, County = home.Tenant.Code, Version = 1 };
            person.Coverage.Add(new Coverage { Insutype = "310", PsnType = "1101", FromOn = 20200101, AccountCreditFen = 100_000_000 });
            return person;
        })]);
        // The processes write now.
        await home.Close();
        await provider.Close();
        city = await PublishedCity.Start(Catalogs.Provider(provider.Hospital("3"), "3", provider.Tenant.Code), Catalogs.Provider(home.Hospital("3"), "3", home.Tenant.Code));
        (homeProcess, providerProcess) = (new CountyProcess(Settings(home)), new CountyProcess(Settings(provider)));
        homeProcess.Set($"Services:settlement:Addresses:{provider.Tenant.Code}", providerProcess.GrpcAddress);
        providerProcess.Set($"Services:settlement:Addresses:{home.Tenant.Code}", homeProcess.GrpcAddress);
    }

    private Dictionary<string, string?> Settings(SettlementNode node)
    {
        var settings = new Dictionary<string, string?>(node.Settings())
        {
            ["Secrets:ServiceToken"] = "service-token-of-the-test", ["Secrets:OperatorToken"] = "operator-token-of-the-test", ["Services:enrollment:Address"] = "http://127.0.0.1:1",
            ["Services:provider-registry:Address"] = city.Address, ["Logging:LogLevel:Default"] = "Error", ["Logging:LogLevel:MedInsure.Settlement.OffCounty"] = "Error",
        };
        foreach (var tenant in (MedInsure.Hosting.Tenancy.Tenant[])[home.Tenant, provider.Tenant])
        {
            settings[$"Tenants:{tenant.Code}:City"] = tenant.CityCode;
            foreach (var (insutype, pack) in tenant.Packs) settings[$"Tenants:{tenant.Code}:Packs:{insutype}"] = pack;
        }
        return settings;
    }

    public async Task DisposeAsync()
    {
        homeProcess.Dispose();
        providerProcess.Dispose();
        await city.DisposeAsync();
        await home.Open();
        await provider.Open();
        await home.DisposeAsync();
        await provider.DisposeAsync();
    }

    [Fact]
    public async Task EitherProcessKilledUnderLoad_BothLedgersMirrorAndEachBillStandsOnce()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(Bills > 5_000 ? 15 : 4));
        homeProcess.Start();
        providerProcess.Start();
        await Task.WhenAll(homeProcess.Ready(patience.Token), providerProcess.Ready(patience.Token));
        using var channel = GrpcChannel.ForAddress(homeProcess.GrpcAddress);
        var client = new Client(channel);
        var answered = new ConcurrentDictionary<string, SettlementReply>();
        var next = -1;
        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (int i; (i = Interlocked.Increment(ref next)) < Bills;)
            {
                var bill = Bill(i);
                var reply = answered[bill.Key.MessageId] = await Sent(o => client.SettleClaimAsync(bill, o), patience.Token);
                // One in ten is cancelled by the hospital.
                if (i % 10 == 7) await Sent(o => client.ReverseSettlementAsync(Reversal(bill, reply), o), patience.Token);
            }
        }, patience.Token)).ToArray();
        var loaded = Task.WhenAll(callers);

        var random = new Random(20261122);
        var killed = new List<string>();
        for (var kill = 1; kill <= Kills; kill++)
        {
            // At a random point of the progress: half of the time of the settling, half of the telling.
            var (goal, settling) = (random.Next(Bills * kill / (Kills + 2), Bills * (kill + 1) / (Kills + 2)), random.Next(2) == 0);
            while ((settling ? answered.Count : await Count(provider, "SELECT count(*) FROM off_county_claim")) < goal) await Task.Delay(5, patience.Token); // the load decides when
            var victim = (kill == 1 || random.Next(2) == 0) && kill != 2 ? providerProcess : homeProcess;
            victim.Kill();
            killed.Add(victim == homeProcess ? "home" : "provider");
            victim.Start();
        }
        Assert.Equal(["home", "provider"], killed.Distinct().Order(StringComparer.Ordinal));
        await loaded;
        var reversals = Enumerable.Range(0, Bills).Count(i => i % 10 == 7);
        while (await Count(provider, "SELECT count(*) FROM off_county_claim") < Bills + reversals) await Task.Delay(20, patience.Token); // written by a process that tells nobody

        Assert.Equal(Bills, answered.Count);
        Assert.Equal(Bills + reversals, await Count(home, "SELECT count(*) FROM claim"));
        Assert.Equal(Bills + reversals, await Count(provider, "SELECT count(*) FROM provider_claim"));
        Assert.Equal(Bills, await Count(provider, "SELECT count(DISTINCT message_id) FROM off_county_claim WHERE reverses_setl_id IS NULL"));
        Assert.Equal((Bills + reversals, Bills + reversals), (await Count(provider, "SELECT max(pair_no) FROM off_county_claim"), await Count(home, "SELECT max(pair_no) FROM off_county_settlement")));
        var (owed, due) = (await Sums(home, "SELECT a.fund, -sum(e.amount_fen)::bigint FROM ledger_entry e JOIN ledger_account a USING (account_id) WHERE a.purpose = 'county_payable' GROUP BY a.fund"),
            await Sums(provider, "SELECT a.fund, sum(e.amount_fen)::bigint FROM voucher_entry e JOIN ledger_account a USING (account_id) WHERE a.purpose = 'county_receivable' GROUP BY a.fund"));
        Assert.NotEmpty(owed);
        Assert.Equal(owed, due);
        Assert.Equal(due, await Sums(provider, "SELECT a.fund, -sum(e.amount_fen)::bigint FROM voucher_entry e JOIN ledger_account a USING (account_id) WHERE a.purpose = 'provider_payable' GROUP BY a.fund"));
        Assert.Equal(due, await Sums(provider, "SELECT fund, sum(amount_fen)::bigint FROM provider_claim_fund GROUP BY fund"));
        foreach (var node in (SettlementNode[])[home, provider]) Assert.Empty((await VerifyJournal.Run(node.Database, node.Tenant, node.Policies, default)).Findings);
    }

    private SettleClaimRequest Bill(int i)
    {
        var request = home.Inline($"P{i % Persons}", 20_000 + i * 37 % 90_000, insutype: "310", key: home.Key("2102", $"MOFF{i:D8}"));
        request.FixmedinsCode = request.Key.Sender = provider.Hospital("3");
        request.UseAccount = true;
        return request;
    }

    private ReverseSettlementRequest Reversal(SettleClaimRequest bill, SettlementReply reply) => new()
    {
        Key = home.Key("2103", $"R{bill.Key.MessageId}"), FixmedinsCode = bill.FixmedinsCode, PsnNo = bill.PsnNo, MdtrtId = reply.MdtrtId, SetlId = reply.SetlId,
    };

    /// <summary>As a hospital's gateway: the same message again until there is an answer.</summary>
    private async Task<T> Sent<T>(Func<CallOptions, AsyncUnaryCall<T>> send, CancellationToken patience)
    {
        var headers = MedInsure.Hosting.Rpc.CallTenant.For(home.Tenant.Code);
        headers.Add("authorization", "Bearer service-token-of-the-test");
        while (true)
        {
            try { return await send(new CallOptions(headers, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(10), patience)); }
            catch (RpcException e) when (!patience.IsCancellationRequested && e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Cancelled) { await Task.Delay(50, patience); }
        }
    }

    private static async Task<long> Count(SettlementNode node, string sql)
    {
        await using var command = node.Database.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<SortedDictionary<string, long>> Sums(SettlementNode node, string sql)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await using var command = node.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) sums.Add(reader.GetString(0), reader.GetInt64(1));
        return sums;
    }
}
