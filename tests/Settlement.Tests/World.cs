using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.Settlement.Tests;

/// <summary>
/// A county that most tests share; every test takes persons of its own, and a test that changes the county itself makes one for itself.
/// Enrollment answers here that it knows nobody else, so that an unknown person is unknown and not out of reach.
/// </summary>
public sealed class World : IAsyncDisposable
{
    /// <summary>Providers of level 3: with an agreement suspended or terminated since 2026, one that ended with 2025, and one in another city.</summary>
    public const string Suspended = "HSUSPENDED01", Terminated = "HTERMINATED1", Expired = "HEXPIRED0001", OffSite = "HOFFSITE0001";
    private int lastPerson;

    private World(SettlementNode node) => Node = node;

    public SettlementNode Node { get; }
    /// <summary>A resident with the encounters below at the hospital of level 3, and one with an encounter of his own.</summary>
    public string Psn { get; private set; } = "";
    public string OtherPsn { get; private set; } = "";
    public string OfOtherPerson { get; private set; } = "";
    public string OfOtherProvider { get; private set; } = "";
    public string Cancelled { get; private set; } = "";
    /// <summary>A stay from 1 to 10 June, discharged and settled.</summary>
    public string SettledStay { get; private set; } = "";
    public string SettledVisit { get; private set; } = "";
    /// <summary>Stays from 1 June: open with line "1" of A1 over 100.00 on 3 June; discharged on 10 June with the same; without lines; discharged without lines.</summary>
    public string Stay { get; private set; } = "";
    public string DischargedStay { get; private set; } = "";
    public string EmptyStay { get; private set; } = "";
    public string EmptyDischargedStay { get; private set; } = "";
    /// <summary>A visit of 1 June with line "1" of A1 over 100.00, in the batch "B1"; one without lines.</summary>
    public string Visit { get; private set; } = "";
    public string EmptyVisit { get; private set; } = "";

    /// <summary>The providers whose agreement is not in force in 2026, as they are published.</summary>
    public static Provider Lapsed(string code, string county) => Catalogs.Provider(code, "3", county, code switch
    {
        Suspended => Since2026(AgreementStatus.Suspended),
        Terminated => Since2026(AgreementStatus.Terminated),
        _ => new Agreement { AgreementNo = "X2", FromOn = 20200101, ToOn = 20251231, Status = AgreementStatus.Active },
    });

    public static async Task<World> Create(SharedPostgres postgres, string city)
    {
        var world = new World(await SettlementNode.Create(postgres.Server, city));
        world.Node.Enrollment = _ => new BatchGetPersonsReply();
        world.Node.Reference = world.Node.Reference.WithProviders(
            Lapsed(Suspended, world.Node.Tenant.Code), Lapsed(Terminated, world.Node.Tenant.Code), Lapsed(Expired, world.Node.Tenant.Code),
            Catalogs.Provider(OffSite, "3", "310101"));
        await world.Prepare();
        return world;
    }

    private static Agreement Since2026(AgreementStatus status)
    {
        var agreement = new Agreement { AgreementNo = "X1", FromOn = 20200101, Status = status };
        agreement.StatusChange.Add(new AgreementStatusChange { Status = status, FromOn = 20260101, Reason = "测试" });
        return agreement;
    }

    private async Task Prepare()
    {
        (Psn, OtherPsn) = (await Person(), await Person());
        var (june1, june3, june10) = (SettlementNode.At(2026, 6, 1), SettlementNode.At(2026, 6, 3), SettlementNode.At(2026, 6, 10));
        OfOtherPerson = await Node.Opened(OtherPsn, "21", june1);
        OfOtherProvider = await Node.Opened(Psn, "21", june1, "2");
        Cancelled = await Node.Opened(Psn, "21", june1);
        await Node.CancelledEncounter(Cancelled, Psn);
        var settling = await Node.Visit(Psn, 10_000, "21");
        SettledStay = settling.MdtrtId;
        await Node.Settled(settling);
        settling = await Node.Visit(Psn, 10_000);
        SettledVisit = settling.MdtrtId;
        await Node.Settled(settling);
        (EmptyStay, Stay) = (await Node.Opened(Psn, "21", june1), await Node.Opened(Psn, "21", june1));
        (EmptyDischargedStay, DischargedStay) = (await Node.Opened(Psn, "21", june1), await Node.Opened(Psn, "21", june1));
        foreach (var stay in new[] { Stay, DischargedStay }) await Node.Charged(stay, Psn, "3", NodeActions.Fee("1", "A1", 10_000, june3));
        foreach (var stay in new[] { EmptyDischargedStay, DischargedStay }) await Node.Discharged(stay, Psn, "3", june10);
        (EmptyVisit, Visit) = (await Node.Opened(Psn, "11", june1), await Node.Opened(Psn, "11", june1));
        await Node.Charged(Visit, Psn, "3", NodeActions.Fee("1", "A1", 10_000, june1, "B1"));
    }

    /// <summary>A new person's number.</summary>
    public async Task<string> Person(string insutype = "390", string psnType = "1501", long creditFen = 0, params string[] categories)
    {
        var psnNo = $"P{Node.Tenant.Code}{Interlocked.Increment(ref lastPerson):D6}";
        await Node.AddPerson(psnNo, insutype, psnType, creditFen, categories);
        return psnNo;
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}
