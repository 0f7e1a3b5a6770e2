using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Accounts;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Encounters;
using MedInsure.Settlement.Filings;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.Tests;

/// <summary>What the tests do over and over, each as one call.</summary>
internal static class NodeActions
{
    public static readonly long FirstOfJune = SettlementNode.At(2026, 6, 1), TenthOfJune = SettlementNode.At(2026, 6, 10);

    /// <summary>A fee line of one unit; the price in fen.</summary>
    public static FeeLine Fee(string number, string code, long fen, long atMs = 0, string batch = "") => SettlementNode.Line(number, code, 10_000, fen * 10_000, atMs == 0 ? FirstOfJune : atMs, batch);

    /// <summary>A correction by a whole quantity of minus one.</summary>
    public static FeeLine Correction(string number, string code, long fen, string original = "", long atMs = 0, string batch = "") =>
        SettlementNode.Line(number, code, -10_000, fen * 10_000, atMs == 0 ? FirstOfJune : atMs, batch, original);

    public static async Task<Committed> Settled(this SettlementNode node, SettleClaimRequest request) => await node.Accepted(SettleClaim.Command(request));
    public static async Task<Committed> Tried(this SettlementNode node, SettleClaimRequest request) => await node.Accepted(PreSettleClaim.Command(request));

    public static ReverseSettlementRequest Reversing(this SettlementNode node, Committed settled, string level = "3") => new()
    {
        Key = node.Key("2208"),
        FixmedinsCode = node.Hospital(level),
        PsnNo = settled.Record.PsnNo,
        MdtrtId = settled.Record.MdtrtId,
        SetlId = TenantState.SettlementIdOf(settled.Record),
    };

    public static async Task<Committed> Reversed(this SettlementNode node, Committed settled, string level = "3") => await node.Accepted(ReverseSettlement.Command(node.Reversing(settled, level)));

    /// <summary>2601 of an accepted command.</summary>
    public static ReverseRequestRequest ReversingMessage(this SettlementNode node, Committed original) =>
        node.ReversingMessage(original.Record.Key.MessageId, original.Record.Key.Transaction, original.Record.PsnNo);

    public static ReverseRequestRequest ReversingMessage(this SettlementNode node, string messageId, string transaction, string psnNo) => new()
    {
        Key = node.Key("2601"),
        FixmedinsCode = node.Hospital("3"),
        PsnNo = psnNo,
        OriginalMessageId = messageId,
        OriginalTransaction = transaction,
    };

    public static async Task<Outcome<Committed>> SubmitReversal(this SettlementNode node, ReverseRequestRequest request) =>
        await node.Submit(ReverseRequest.Command(request, await node.Journal.FindRequest(request.FixmedinsCode, request.OriginalMessageId, CancellationToken.None)));

    public static async Task<Committed> ReversedMessage(this SettlementNode node, ReverseRequestRequest request)
    {
        var outcome = await node.SubmitReversal(request);
        Assert.Null(outcome.Refusal);
        return outcome.Value;
    }

    public static async Task<string> RefusedReversal(this SettlementNode node, ReverseRequestRequest request)
    {
        var before = node.Journal.CommittedSeq;
        var outcome = await node.SubmitReversal(request);
        Assert.NotNull(outcome.Refusal);
        Assert.Equal(before, node.Journal.CommittedSeq);
        return outcome.Refusal.Code;
    }

    public static FileTreatmentRequest Filing(this SettlementNode node, string psnNo, string disease = "SP1", FilingKind kind = FilingKind.ChronicSpecial, int from = 20260101, int to = 0, string insutype = "390",
        string other = "", string area = "") => new()
    {
        Key = node.Key("2503"),
        FixmedinsCode = node.Hospital("3"),
        PsnNo = psnNo,
        Insutype = insutype,
        Kind = kind,
        DiseaseCode = disease,
        DiseaseName = "病种" + disease,
        FromOn = from,
        ToOn = to,
        OtherFixmedinsCode = other,
        OtherArea = area,
    };

    public static async Task<Filing> Filed(this SettlementNode node, FileTreatmentRequest request) => (await node.Accepted(FileTreatment.Command(request))).Record.TreatmentFiled.Filing;

    public static EncounterCommand On(this SettlementNode node, string mdtrtId, string psnNo, string transaction = "2202", string level = "3") =>
        new() { Key = node.Key(transaction), FixmedinsCode = node.Hospital(level), MdtrtId = mdtrtId, PsnNo = psnNo };

    public static async Task UndoneDischarge(this SettlementNode node, string mdtrtId, string psnNo, string level = "3") =>
        await node.Accepted(UndoDischarge.Command(node.On(mdtrtId, psnNo, "2405", level)));

    public static async Task CancelledEncounter(this SettlementNode node, string mdtrtId, string psnNo, string level = "3") =>
        await node.Accepted(CancelEncounter.Command(node.On(mdtrtId, psnNo, "2202", level)));

    public static async Task CancelledLines(this SettlementNode node, string mdtrtId, string psnNo, params string[] numbers)
    {
        var request = new CancelFeeLinesRequest { Key = node.Key("2302"), FixmedinsCode = node.Hospital("3"), MdtrtId = mdtrtId, PsnNo = psnNo };
        request.FeedetlSn.AddRange(numbers);
        await node.Accepted(CancelFeeLines.Command(request));
    }

    /// <summary>The accumulators that are not zero, of all schemes and of the year 2026, from the tables.</summary>
    public static async Task<SortedDictionary<string, long>> Sums(this SettlementNode node, string psnNo, int year = 2026)
    {
        var reply = await GetAccumulators.Query(node.Journal, node.Database, new GetAccumulatorsRequest { PsnNo = psnNo, Year = year }, new DateOnly(year, 1, 1), CancellationToken.None);
        return new SortedDictionary<string, long>(reply.Value.Accumulator.ToDictionary(a => $"{a.Insutype} {a.Key}", a => a.Value), StringComparer.Ordinal);
    }

    public static async Task<long> Balance(this SettlementNode node, string psnNo) => (await GetAccountBalance.Query(node.Journal, new GetAccountBalanceRequest { PsnNo = psnNo }, CancellationToken.None)).Value.BalanceFen;

    /// <summary>As billing's events bring it: in the table, and in the writer's memory.</summary>
    public static async Task Credited(this SettlementNode node, params AccountCredited[] events)
    {
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await new AccountCreditedHandler(TenantJournals.Of(node.Journal)).Handle(new EventContext(node.Tenant, node.Tenant.Code, connection, transaction), events, default);
        await transaction.CommitAsync();
    }

    public static async Task<SettlementReply> Shown(this SettlementNode node, string setlId) =>
        Assert.Single((await ListSettlements.Query(node.Journal, node.Database, new ListSettlementsRequest { SetlId = setlId }, CancellationToken.None)).Value.Settlement);

    /// <summary>As somebody who may change everything.</summary>
    /// <returns>How many rows changed.</returns>
    public static async Task<int> Tamper(this SettlementNode node, string sql)
    {
        await using var admin = new NpgsqlConnection(node.Server.ConnectionString(TenantNames.Database(node.Tenant.Code)));
        await admin.OpenAsync();
        await using var command = new NpgsqlCommand("SET search_path = settlement; " + sql, admin);
        return await command.ExecuteNonQueryAsync();
    }

    public static SettledClaim Claim(this Committed committed) => committed.Record.SettledClaim ?? committed.Record.ReversedClaim.Negated;
    public static string SetlId(this Committed committed) => TenantState.SettlementIdOf(committed.Record);
}
