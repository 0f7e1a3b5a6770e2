using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.PaymentMethods;
using MedInsure.Settlement.Runs;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>Somebody writes down what was agreed with providers; until a second person approves it, it pays nothing.</summary>
internal static class DraftTerms
{
    private const int ProvidersMax = 500;

    /// <param name="FromMonth">yyyyMM, both ends included, of one year.</param>
    /// <param name="Scope">Which claims; without it all of the insurance.</param>
    /// <param name="Terms">The method's figures: README.md.</param>
    internal sealed record Order(
        string? RequestNo, string? Method, string? Insutype, string? Fund, IReadOnlyList<string>? Providers, int? FromMonth, int? ToMonth, string? AgreementNo, JsonElement? Scope, JsonElement? Terms, string? DraftedBy);

    /// <summary>In order: who, request number, method, fund, months, providers, agreement, figures, scope; the same request before. Whether other terms are in the way is asked when they are approved.</summary>
    public static async Task<Outcome<PaymentTerm>> Execute(RunPlace place, Order order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (TwoPeople.Name(order.DraftedBy, "drafted_by") is { } nobody) return nobody;
        if (!CountyDesk.IsRequestNumber(order.RequestNo)) return Refusals.RequestNumberInvalid;
        if (!TermReader.Methods.Contains(order.Method)) return PaymentTermRefusals.MethodUnknown;
        if (order.Insutype is not { Length: 3 } insutype || order.Fund is not { Length: 6 } fund || !fund.All(char.IsAsciiDigit) || !fund.StartsWith(insutype, StringComparison.Ordinal)) return PaymentTermRefusals.FundInvalid;
        if (SettlementEntries.PurposeOf(fund) == SettlementEntries.PersonalAccount) return PaymentTermRefusals.AccountHasNoMethod;
        if (order is not { FromMonth: { } from, ToMonth: { } to } || !PaymentTerm.IsMonth(from) || !PaymentTerm.IsMonth(to) || from > to || from / 100 != to / 100) return PaymentTermRefusals.MonthsInvalid;
        if (order.Providers is not { Count: >= 1 and <= ProvidersMax } providers || providers.Contains(null) || providers.Distinct(StringComparer.Ordinal).Count() != providers.Count) return PaymentTermRefusals.ProvidersInvalid;
        var reference = place.Journal.LookingContext();
        if (providers.FirstOrDefault(p => reference.FindProvider(p)?.County != place.Tenant.Code) is { } stranger) return PaymentTermRefusals.ProviderUnknown(stranger);
        if (string.IsNullOrWhiteSpace(order.AgreementNo) || order.AgreementNo.Length > 100 || order.AgreementNo.Contains('\0', StringComparison.Ordinal)) return PaymentTermRefusals.AgreementMissing;
        if (order.Terms is not { } terms) return PaymentTermRefusals.TermsMissing;

        await using var connection = await place.Database.OpenConnectionAsync(cancellation);
        var method = await TermReader.Method(connection, order.Method!, terms, providers, cancellation);
        if (method.Refusal is { } faulty) return faulty;
        var scope = TermScope.Read(insutype, fund, order.Scope, method.Value);
        if (scope.Refusal is { } narrow) return narrow;

        if (await Before(connection, place.Tenant.Code, order.RequestNo!, cancellation) is { } before) return Again(before);
        await Insert(connection, order, scope.Value, terms, now, cancellation);
        return Again((await Before(connection, place.Tenant.Code, order.RequestNo!, cancellation))!);

        Outcome<PaymentTerm> Again(PaymentTerm found) =>
            (found.Method.Code, found.FromMonth, found.ToMonth, found.Life.AgreementNo, found.Life.DraftedBy) == (order.Method, from, to, order.AgreementNo.Trim(), order.DraftedBy!.Trim())
            && found.Providers.SequenceEqual(providers.Order(StringComparer.Ordinal)) && TermScope.Text(found.Scope) == TermScope.Text(scope.Value) && JsonElement.DeepEquals(JsonElement.Parse(found.Life.Terms), terms) ? found : Refusals.RequestNumberReused;
    }

    private static async Task<PaymentTerm?> Before(NpgsqlConnection connection, string county, string requestNo, CancellationToken cancellation) =>
        (await PaymentTerm.Read(connection, null, county, "WHERE t.request_no = $2", [requestNo], cancellation)).SingleOrDefault();

    /// <summary>Nothing where the same was asked for at once: the other one's is it.</summary>
    private static async Task Insert(NpgsqlConnection connection, Order order, ClaimScope scope, JsonElement terms, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            WITH t AS (INSERT INTO payment_term (request_no, method, insutype, fund, from_month, to_month, scope, terms, agreement_no, drafted_by, drafted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING number)
            INSERT INTO payment_term_provider (number, fixmedins_code) SELECT t.number, p FROM t, unnest($12) AS p
            """, connection);
        foreach (var value in (object[])[order.RequestNo!, order.Method!, scope.Insutype, scope.Fund, order.FromMonth!.Value, order.ToMonth!.Value]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        foreach (var json in (string[])[TermScope.Text(scope), terms.GetRawText()]) command.Parameters.Add(new NpgsqlParameter { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb });
        foreach (var value in (object[])[order.AgreementNo!.Trim(), order.DraftedBy!.Trim(), now.ToUniversalTime(), order.Providers!.ToArray()]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
