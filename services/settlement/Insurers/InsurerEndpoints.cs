using System.Text.Json;
using MedInsure.Hosting.Tenancy;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>The agency's side of the contracts with insurers, under /insurers/{contract}; for operators and services (authorization Bearer). README.md lists them.</summary>
internal static class InsurerEndpoints
{
    public static void Map(WebApplication app)
    {
        var group = app.MapGroup("/insurers/{contract}");
        group.MapGet("/disputes", Disputes);
        group.MapPost("/disputes/{no}/decision", Decide);
        group.MapGet("/premiums/{year:int}", Premiums);
        group.MapPost("/premiums/{year:int}/head-count", FixHeads);
        group.MapPost("/premiums/{year:int}/{number:int}/payment", Pay);
        group.MapGet("/reconciliations/{year:int}", Reconciled);
        group.MapPost("/reconciliations/{year:int}/closing", Close);
        group.MapPost("/reconciliations/{year:int}/transfer", Settle);
        group.MapGet("/claims", Statements);
        group.MapPost("/claims/{month:int}/closing", CloseMonth);
        group.MapPost("/claims/{month:int}/transfer", Receive);
    }

    private static Task<IResult> Disputes(string contract, string? state, string? setl_id, string? page_token, HttpContext http, Desk desk) => desk.Open(contract, http, async (found, city) =>
    {
        var request = new ListDisputesRequest { SetlId = setl_id ?? "", PageToken = page_token ?? "" };
        if (!string.IsNullOrEmpty(state))
        {
            if (DisputeRow.Names.FirstOrDefault(n => n.Value == state) is not { Value: not null } known) return Refusals.DisputeStateUnknown.ToProblem();
            request.State = known.Key;
        }
        return Answer(await ListDisputes.Query(city, found, request, http.RequestAborted), reply => new { disputes = reply.Dispute.Select(d => InsurerJson.Of(d)), reply.NextPageToken });
    });

    private static Task<IResult> Decide(string contract, string no, HttpContext http, Desk desk, ChinaCalendar calendar) => desk.Open(contract, http, async (found, city) =>
        await Body<DecideDispute.Decision>(http) is not { } decision ? Refusals.BodyMalformed.ToProblem()
            : Answer(await DecideDispute.Execute(city, found, no, decision, calendar.UtcNow, http.RequestAborted), row => InsurerJson.Of(row.Dispute, row.Reviewer, row.Approver)));

    private static Task<IResult> Premiums(string contract, int year, HttpContext http, Desk desk, HeadCounts heads, ChinaCalendar calendar) => desk.Open(contract, http, async (found, city) =>
        Answer(await ListPremiumTransfers.Query(city, heads, found, new ListPremiumTransfersRequest { Year = year }, calendar.Today, http.RequestAborted), reply => new { transfers = reply.Transfer.Select(InsurerJson.Of) }));

    private static Task<IResult> FixHeads(string contract, int year, HttpContext http, Desk desk, HeadCounts heads, ChinaCalendar calendar) => desk.Open(contract, http, async (found, city) =>
        await Body<FixHeadCount.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : Answer(await FixHeadCount.Execute(city, heads, found, year, order, calendar, http.RequestAborted), count => InsurerJson.Of(found, year, count)));

    private static Task<IResult> Pay(string contract, int year, int number, HttpContext http, Desk desk, ChinaCalendar calendar) => desk.Open(contract, http, async (found, city) =>
        await Body<RecordPremiumPayment.Payment>(http) is not { } payment ? Refusals.BodyMalformed.ToProblem()
            : Answer(await RecordPremiumPayment.Execute(city, found, year, number, payment, calendar, http.RequestAborted), InsurerJson.Of));

    private static Task<IResult> Reconciled(string contract, int year, HttpContext http, Desk desk, HeadCounts heads) => desk.Open(contract, http, async (found, city) =>
        Answer(await GetReconciliation.Query(city, heads, found, new GetReconciliationRequest { Year = year }, http.RequestAborted), InsurerJson.Of));

    private static Task<IResult> Close(string contract, int year, HttpContext http, Desk desk, ChinaCalendar calendar) => desk.Open(contract, http, async (found, city) =>
        await Body<CloseReconciliation.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : Answer(await CloseReconciliation.Execute(city, found, year, order, calendar, http.RequestAborted), InsurerJson.Of));

    private static Task<IResult> Settle(string contract, int year, HttpContext http, Desk desk, ChinaCalendar calendar) => desk.Open(contract, http, async (found, city) =>
        await Body<RecordInsurerTransfer.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : Answer(await RecordInsurerTransfer.OfOutcome(city, found, year, order, calendar, http.RequestAborted), InsurerJson.Of));

    private static Task<IResult> Statements(string contract, int? year, bool? open, HttpContext http, Desk desk) => desk.Open(contract, http, async (found, city) =>
        Answer(await ListClaimStatements.Query(city, found, new ListClaimStatementsRequest { Year = year ?? 0, OpenOnly = open ?? false }, http.RequestAborted), reply => new { statements = reply.Statement.Select(InsurerJson.Of) }));

    private static Task<IResult> CloseMonth(string contract, int month, HttpContext http, Desk desk, ChinaCalendar calendar) => desk.Open(contract, http, async (found, city) =>
        await Body<CloseClaimStatement.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : Answer(await CloseClaimStatement.Execute(city, found, month, order, calendar, http.RequestAborted), InsurerJson.Of));

    private static Task<IResult> Receive(string contract, int month, HttpContext http, Desk desk, ChinaCalendar calendar) => desk.Open(contract, http, async (found, city) =>
        await Body<RecordInsurerTransfer.Order>(http) is not { } order ? Refusals.BodyMalformed.ToProblem()
            : Answer(await RecordInsurerTransfer.OfClaims(city, found, month, order, calendar, http.RequestAborted), InsurerJson.Of));

    /// <summary>Lets an operator in and finds the contract.</summary>
    internal sealed class Desk(ContractLibrary contracts, TenantDatabases databases, BearerTokens tokens)
    {
        public async Task<IResult> Open(string contractNo, HttpContext http, Func<InsurerContract, NpgsqlDataSource, Task<IResult>> answer)
        {
            http.Response.Headers.CacheControl = "no-store";
            if (!tokens.IsServiceOrOperator(http.Request.Headers.Authorization.ToString())) return BearerTokens.NotAuthenticated.ToProblem();
            if (contracts.Find(contractNo) is not { } contract || databases.TenantsOf(SettlementModule.Service).All(t => t.Code != contract.City)) return Refusals.ContractUnknown.ToProblem();
            return await DatabaseFaults.Answer(http, Refusals.Unavailable, () => answer(contract, databases.For(contract.City, SettlementModule.Service)));
        }
    }

    private static IResult Answer<T>(Outcome<T> outcome, Func<T, object> render) => outcome.Refusal is { } refusal ? refusal.ToProblem() : Results.Json(render(outcome.Value), InsurerJson.Options);

    private static async Task<T?> Body<T>(HttpContext http) where T : class
    {
        try { return http.Request.HasJsonContentType() ? await http.Request.ReadFromJsonAsync<T>(InsurerJson.Options, http.RequestAborted) : null; }
        catch (JsonException) { return null; }
    }
}
