using Google.Protobuf;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Settlement.Tests.OffCounty;

/// <summary>The provider's county takes what it is told once, in order, and nothing that contradicts what it holds.</summary>
[Trait("Category", "Storage")]
[Collection(PostgresCollection.Name)]
public sealed class TakeOffCountyClaimsTests(SharedPostgres postgres) : IAsyncLifetime
{
    private PairOfCounties pair = null!;

    public async Task InitializeAsync()
    {
        pair = await PairOfCounties.Create(postgres.Server);
        var psnNo = await pair.Person();
        for (var i = 0; i < 5; i++) await pair.Settled(psnNo, 80_000 + i);
        await pair.Counted();
    }

    public async Task DisposeAsync() => await pair.DisposeAsync();

    private Task<long> Held() => pair.Count(pair.Provider, "SELECT count(*) FROM off_county_claim");
    private Task<long> Vouchers() => pair.Count(pair.Provider, "SELECT count(*) FROM voucher");
    private async Task<long> HeldNo(TakeOffCountyClaimsRequest page) => LedgerValue(await pair.Take(page)).HeldNo;
    private static T LedgerValue<T>(Kernel.Outcome<T> outcome) => Ledger.LedgerDesk.Value(outcome);

    [Fact]
    public async Task Page_IsHeldAndBookedToTheFen()
    {
        Assert.Equal(5, await HeldNo(await pair.Page(1, 10)));

        var (owed, due) = (await pair.Owed(), await pair.Due());
        Assert.NotEmpty(owed);
        Assert.Equal(owed, due);
        Assert.Equal(owed, await pair.Payable());
        Assert.Equal(5, await pair.Count(pair.Provider, "SELECT count(*) FROM provider_claim c WHERE EXISTS (SELECT FROM provider_claim_fund f WHERE f.setl_id = c.setl_id)"));
        Assert.Empty(await PairOfCounties.Findings(pair.Provider));
        Assert.Empty(await PairOfCounties.Findings(pair.Home));
    }

    [Fact]
    public async Task PageAgain_ChangesNothing()
    {
        var page = await pair.Page(1, 10);
        Assert.Equal(5, await HeldNo(page));
        var due = await pair.Due();
        Assert.Equal(5, await HeldNo(page));
        Assert.Equal(5, await HeldNo(await pair.Page(2, 2)));
        Assert.Equal((5, 1), (await Held(), await Vouchers()));
        Assert.Equal(due, await pair.Due());
    }

    [Fact]
    public async Task OverlappingPage_AddsWhatIsNew()
    {
        Assert.Equal(3, await HeldNo(await pair.Page(1, 3)));
        Assert.Equal(5, await HeldNo(await pair.Page(2, 10)));
        Assert.Equal((5, 2), (await Held(), await Vouchers()));
        Assert.Equal(await pair.Owed(), await pair.Due());
    }

    [Fact]
    public async Task SamePageFromTwoAtOnce_IsTakenOnce()
    {
        var page = await pair.Page(1, 10);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => pair.Take(page)));
        Assert.All(answers, a => Assert.Equal(5, a.Value.HeldNo));
        Assert.Equal((5, 1), (await Held(), await Vouchers()));
    }

    [Fact]
    public async Task PageFromFurtherOn_IsNotTakenAndSaysFromWhere()
    {
        Assert.Equal(0, await HeldNo(await pair.Page(2, 10)));
        Assert.Equal(2, await HeldNo(await pair.Page(1, 2)));
        Assert.Equal(2, await HeldNo(await pair.Page(4, 2)));
        Assert.Equal((2, 1), (await Held(), await Vouchers()));
    }

    public static TheoryData<string> Contradictions => ["a held claim changed", "the digest", "a claim twice", "another chain"];

    [Theory]
    [MemberData(nameof(Contradictions))]
    public async Task ContradictingPage_IsRefusedAndNothingOfItTaken(string fault)
    {
        await pair.Take(await pair.Page(1, 3));
        var page = await pair.Page(3, 3);
        switch (fault)
        {
            case "a held claim changed": page.Claim[0] = Changed(page.Claim[0]); break;
            case "the digest": page.Digest = ByteString.CopyFrom(new byte[32]); break;
            case "a claim twice":
                page.Claim[2] = page.Claim[1];
                page.Digest = await Digest(page);
                break;
            default: page.Claim.RemoveAt(1); break;
        }

        var outcome = await pair.Take(page);

        Assert.Equal("off_county.contradiction", outcome.Refusal?.Code);
        Assert.Equal((3, 1), (await Held(), await Vouchers()));
        Assert.Equal(1, await pair.Count(pair.Provider, $"SELECT count(*) FROM off_county_source WHERE home_county = '{pair.Home.Tenant.Code}' AND contradicted_at IS NOT NULL AND contradiction <> ''"));
        // The right page is taken afterwards: nothing is stuck.
        Assert.Equal(5, await HeldNo(await pair.Page(3, 3)));
    }

    private static ByteString Changed(ByteString claim)
    {
        var changed = OffCountyClaim.Parser.ParseFrom(claim);
        changed.Fund[0].AmountFen++;
        return changed.ToByteString();
    }

    /// <summary>As a home county would make it that tells this page.</summary>
    private async Task<ByteString> Digest(TakeOffCountyClaimsRequest page)
    {
        var digest = (await pair.Page(page.FirstNo - 1, 1)).Digest.ToByteArray();
        foreach (var claim in page.Claim) digest = Settlement.OffCounty.OffCountyDigest.After(digest, claim.Span);
        return ByteString.CopyFrom(digest);
    }

    public static TheoryData<string> Malformed => ["no county", "the tenant itself", "no number", "empty", "no message", "of another county", "no day"];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task MalformedPage_IsRefused(string fault)
    {
        var page = await pair.Page(1, 3);
        switch (fault)
        {
            case "no county": page.HomeCounty = "x"; break;
            case "the tenant itself": page.HomeCounty = pair.Provider.Tenant.Code; break;
            case "no number": page.FirstNo = 0; break;
            case "empty": page.Claim.Clear(); break;
            case "no message": page.Claim[1] = ByteString.CopyFrom(0xFF, 0xFF); break;
            default:
                var claim = OffCountyClaim.Parser.ParseFrom(page.Claim[1]);
                if (fault == "no day") claim.EffectiveOn = 20261332;
                else claim.SetlId = "999999S000000000001";
                page.Claim[1] = claim.ToByteString();
                break;
        }
        Assert.Equal("off_county.page_invalid", (await pair.Take(page)).Refusal?.Code);
        Assert.Equal((0, 0), (await Held(), await Vouchers()));
    }

    [Fact]
    public async Task OverTheWire_UnknownTenantIsRefusedAndKnownOneAnswers()
    {
        var page = await pair.Page(1, 10);
        Assert.Equal(5, (await pair.Server.Client.TakeOffCountyClaimsAsync(page, CallTenant.For(pair.Provider.Tenant.Code))).HeldNo);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await pair.Server.Client.TakeOffCountyClaimsAsync(page, CallTenant.For("999999")))).StatusCode);
    }

    [Fact]
    public async Task ClosedDay_IsBookedOnTheNextOpenOne()
    {
        await pair.Provider.Tamper("UPDATE ledger_head SET closed_on = '2026-07-05'");
        await pair.Take(await pair.Page(1, 10));
        Assert.Equal(1, await pair.Count(pair.Provider, "SELECT count(*) FROM voucher WHERE kind = 'mirror' AND booked_on = '2026-07-06' AND effective_on = '2026-06-01'"));
    }

    [Theory]
    [InlineData("UPDATE off_county_claim SET fund_fen[1] = fund_fen[1] + 1 WHERE pair_no = 2")]
    [InlineData("UPDATE off_county_claim SET document = document || '\\x00'::bytea WHERE pair_no = 2")]
    [InlineData("DELETE FROM off_county_claim WHERE pair_no = 5")]
    public async Task ChangedLater_VerificationFindsIt(string sql)
    {
        await pair.Take(await pair.Page(1, 10));
        await pair.Provider.Tamper(sql);
        Assert.NotEmpty(await PairOfCounties.Findings(pair.Provider));
    }
}
