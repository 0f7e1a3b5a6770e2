using System.Text;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.ManualClaims;

/// <summary>
/// Whether a bill was paid before: its invoice or its visit, at the window or from paper. What is looked for at the window is read from the settlements' documents, so that the window's
/// own path keeps no list for it.
/// </summary>
internal static class DuplicateBills
{
    // Settlements of the provider since the visit began whose document holds an invoice's number; few in all, and each is then read.
    private const string Invoices = """
        SELECT doc, mdtrt_id FROM claim WHERE fixmedins_code = $1 AND settled_at >= $2 AND reverses_setl_id IS NULL AND EXISTS (SELECT FROM unnest($3) AS invoice WHERE position(invoice IN doc) > 0)
        """;

    private const string Visits = "SELECT doc, mdtrt_id FROM claim WHERE psn_no = $1 AND fixmedins_code = $2 AND reverses_setl_id IS NULL";

    // Both ends of a stay may be shared by another: discharged and admitted again on one day. A bill stays under the number that it was entered by.
    private const string Claimed = """
        SELECT EXISTS (SELECT FROM manual_claim WHERE psn_no IN (SELECT $1 UNION ALL SELECT retired_no FROM person_merge WHERE surviving_no = $1) AND provider_key = $2 AND is_stay = $3
            AND state NOT IN ('rejected', 'withdrawn', 'reversed') AND (begin_on = $4 AND end_on = $5 AND ($3 OR total_fen = $6) OR $3 AND begin_on < $5 AND $4 < end_on))
        """;

    /// <summary>Settled at the window. In order: an invoice, the visit. The caller has waited for the tables.</summary>
    public static async Task<Refusal?> AtWindow(RunPlace place, ManualBill bill, CancellationToken cancellation)
    {
        if (bill.Provider.Code.Length == 0) return null; // who is no designated provider has no window
        string[] numbers = [.. bill.Invoices.Select(i => i.Number)];
        foreach (var (claim, mdtrtId) in await Read(place, Invoices, cancellation, bill.Provider.Code, ChinaCalendar.StartOf(bill.Visit.BeginOn).UtcDateTime, numbers.Select(Encoding.UTF8.GetBytes).ToArray()))
            if (numbers.Contains(claim.InvoiceNo.Trim()) && await Stands(place, mdtrtId, claim.SetlId, cancellation)) return ManualRefusals.InvoiceSettled;
        foreach (var (claim, mdtrtId) in await Read(place, Visits, cancellation, place.Journal.Survivor(bill.PsnNo), bill.Provider.Code))
            if (IsSameVisit(bill, claim) && await Stands(place, mdtrtId, claim.SetlId, cancellation)) return ManualRefusals.VisitSettled;
        return null;
    }

    /// <summary>A stay that shares a day with the bill's; a visit of the same day and sum.</summary>
    private static bool IsSameVisit(ManualBill bill, SettledClaim claim)
    {
        var (begin, end) = (DayNumber.ToDate(claim.BeginOn), DayNumber.ToDate(claim.EndOn));
        var (isStay, sameDays) = (MedTypes.ClearingType(claim.Facts.MedType) == "21", (begin, end) == (bill.Visit.BeginOn, bill.Visit.EndOn));
        return isStay == bill.IsStay && (isStay ? sameDays || (begin < bill.Visit.EndOn && bill.Visit.BeginOn < end) : sameDays && claim.Amounts.TotalFen == bill.TotalFen);
    }

    private static async Task<bool> Stands(RunPlace place, string mdtrtId, string setlId, CancellationToken cancellation) =>
        (await place.Journal.ReadEncounter(mdtrtId, cancellation))?.FindSettlement(setlId)?.Standing == true;

    /// <summary>The same visit entered before, by the caller who is alone with the person's bills.</summary>
    /// <param name="psnNo">The number that the bill's means now.</param>
    public static async Task<bool> IsClaimed(NpgsqlConnection connection, NpgsqlTransaction transaction, string psnNo, ManualBill bill, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Claimed, connection, transaction)
        {
            Parameters = { new() { Value = psnNo }, new() { Value = bill.ProviderKey }, new() { Value = bill.IsStay }, new() { Value = bill.Visit.BeginOn }, new() { Value = bill.Visit.EndOn }, new() { Value = bill.TotalFen } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private static async Task<List<(SettledClaim Claim, string MdtrtId)>> Read(RunPlace place, string sql, CancellationToken cancellation, params object[] values)
    {
        var found = new List<(SettledClaim, string)>();
        await using var command = place.Database.CreateCommand(sql);
        command.CommandTimeout = 0;
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            if (JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0)).SettledClaim is { } claim) found.Add((claim, reader.GetString(1)));
        return found;
    }
}
