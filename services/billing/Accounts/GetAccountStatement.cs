using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.Accounts;

/// <summary>A person's account, entry by entry: what enrollment says was credited before, then each entry with what was there after it.</summary>
internal static class GetAccountStatement
{
    private const int PageSize = 100;

    public static async Task<Outcome<AccountStatement>> Read(NpgsqlDataSource database, GetAccountStatementRequest request, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(request.PsnNo)) return Refusals.NumberMissing;
        if (request.PageSize is < 0 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var size = request.PageSize == 0 ? PageSize : request.PageSize;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // One statement after the other may see an entry between them: what is shown is of one moment.
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var statement = new AccountStatement { PsnNo = request.PsnNo };
        await using (var command = new NpgsqlCommand("""
            SELECT coalesce((SELECT sum(account_credit_fen) FROM insured_cover WHERE psn_no = $1), 0)::bigint, coalesce(a.credited_fen, 0), coalesce(a.debited_fen, 0),
                coalesce((SELECT surviving_no FROM account_merge WHERE retired_no = $1), '')
            FROM (VALUES (1)) AS one LEFT JOIN account a ON a.psn_no = $1
            """, connection, snapshot) { Parameters = { new() { Value = request.PsnNo } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            (statement.OpeningFen, statement.CreditedFen, statement.DebitedFen, statement.SurvivingNo) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetString(3));
            statement.BalanceFen = statement.OpeningFen + statement.CreditedFen - statement.DebitedFen;
        }
        await using (var command = new NpgsqlCommand("""
            SELECT entry_no, kind, amount_fen, effective_on, booked_at, reference, beneficiary, after_fen
            FROM (SELECT *, (sum(amount_fen) OVER (ORDER BY entry_no))::bigint AS after_fen FROM account_entry WHERE psn_no = $1) e WHERE entry_no > $2 ORDER BY entry_no LIMIT $3
            """, connection, snapshot) { Parameters = { new() { Value = request.PsnNo }, new() { Value = request.AfterEntryNo }, new() { Value = size } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation))
                statement.Entry.Add(new AccountEntry
                {
                    EntryNo = reader.GetInt64(0), Kind = reader.GetString(1), AmountFen = reader.GetInt64(2), EffectiveOn = DayNumber.Of(reader.GetFieldValue<DateOnly>(3)),
                    BookedAtMs = reader.GetFieldValue<DateTimeOffset>(4).ToUnixTimeMilliseconds(), Reference = reader.GetString(5), BeneficiaryNo = reader.GetString(6), BalanceFen = statement.OpeningFen + reader.GetInt64(7),
                });
        if (statement.Entry.Count == size) statement.NextAfterEntryNo = statement.Entry[^1].EntryNo;
        return statement;
    }

    /// <summary>For operators.</summary>
    public static object Render(AccountStatement s) => new
    {
        s.PsnNo, s.SurvivingNo, Opening = BillingJson.Yuan(s.OpeningFen), Credited = BillingJson.Yuan(s.CreditedFen), Debited = BillingJson.Yuan(s.DebitedFen), Balance = BillingJson.Yuan(s.BalanceFen),
        Entries = s.Entry.Select(e => new
        {
            e.EntryNo, e.Kind, Amount = BillingJson.Yuan(e.AmountFen), EffectiveOn = BillingJson.Day(DayNumber.ToDate(e.EffectiveOn)), BookedAt = BillingJson.Time(DateTimeOffset.FromUnixTimeMilliseconds(e.BookedAtMs).UtcDateTime),
            e.Reference, e.BeneficiaryNo, Balance = BillingJson.Yuan(e.BalanceFen),
        }).ToList(),
        NextAfter = s.NextAfterEntryNo == 0 ? (long?)null : s.NextAfterEntryNo,
    };
}
