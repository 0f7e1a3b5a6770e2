using MedInsure.Billing.Bills;
using MedInsure.Billing.Incomes;
using MedInsure.Billing.Payments;
using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Billing.Years;

/// <summary>
/// The test of the years when somebody retires, decided by two people: granted at once where they suffice; else, if the person wants, the missing months are billed at
/// the employer's rate of the average wage, and it is granted when that bill is paid.
/// </summary>
internal static class GrantRetirement
{
    /// <param name="FromMonth">The first month as a retired person; months before it count.</param>
    /// <param name="Buy">The missing months are bought.</param>
    internal sealed record Order(string? RequestKey, string? PsnNo, string? Insutype, int FromMonth, string? PsnType, bool Buy, string? Papers, string? DecidedBy, string? Approver);

    internal sealed record Test(string PsnNo, string Insutype, int FromMonth, int Months, int PaidMonths, int NeededMonths, int NeededPaidMonths, int MissingMonths, string Price);

    internal sealed record Retirement(
        long RetirementNo, string PsnNo, string Insutype, int FromMonth, string PsnType, int Months, int PaidMonths, int NeededMonths, int NeededPaidMonths, int BoughtMonths, string Papers, string DecidedBy, string Approver,
        string DecidedAt, int? GrantedFrom, string? GrantedAt, string WithdrawnBy, string WithdrawalReason, string? WithdrawnAt);

    /// <summary>As it stands now, without deciding anything.</summary>
    public static async Task<Outcome<Test>> Try(NpgsqlDataSource database, string psnNo, string? insutype, int fromMonth, CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(insutype)) return Refusals.SchemeMissing;
        if (!Month.IsMonth(fromMonth)) return BillRefusals.MonthInvalid;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var read = await Judge(connection, null, psnNo, insutype, fromMonth, cancellation);
        if (read.Refusal is { } refusal) return refusal;
        var (judged, price) = read.Value;
        return new Test(psnNo, insutype, fromMonth, judged.Months, judged.PaidMonths, judged.NeededMonths, judged.NeededPaidMonths, judged.MissingMonths, BillingJson.Yuan(price));
    }

    public static async Task<Outcome<Retirement>> Execute(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (!RequestTexts.IsText(order.PsnNo, 40)) return Refusals.NumberMissing;
        if (!RequestTexts.IsText(order.Insutype, 10)) return Refusals.SchemeMissing;
        if (!Month.IsMonth(order.FromMonth)) return BillRefusals.MonthInvalid.At("from_month");
        if (order.PsnType is not { Length: 4 } type || !type.StartsWith("12", StringComparison.Ordinal) || !type.All(char.IsAsciiDigit)) return BillRefusals.TypeInvalid;
        if (!RequestTexts.IsText(order.Papers, DecideMonths.PapersMax)) return BillRefusals.PapersMissing;
        if (TwoPeople.Check(order.DecidedBy, "decided_by", order.Approver) is { } unfit) return unfit;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ContributionYears.Lock(connection, transaction, order.PsnNo!, order.Insutype!, cancellation);
        if (await Find(connection, transaction, "request_key = $1", [order.RequestKey!], cancellation) is { } known)
            return (known.PsnNo, known.Insutype, known.FromMonth, known.PsnType) == (order.PsnNo, order.Insutype, order.FromMonth, order.PsnType) ? known : Refusals.RequestKeyReused;
        if (await Find(connection, transaction, "psn_no = $1 AND insutype = $2 AND withdrawn_at IS NULL", [order.PsnNo!, order.Insutype!], cancellation) is not null) return BillRefusals.Retired;
        var read = await Judge(connection, transaction, order.PsnNo!, order.Insutype!, order.FromMonth, cancellation);
        if (read.Refusal is { } refusal) return refusal;
        var (judged, price) = read.Value;
        if (judged.MissingMonths > 0 && !order.Buy) return BillRefusals.YearsMissing;

        var isGranted = judged.MissingMonths == 0;
        await SettleBills.Lock(connection, transaction, [PayerOf(order.PsnNo!)], cancellation);
        await using (var insert = new NpgsqlCommand("""
            WITH decided AS (
                INSERT INTO retirement (request_key, psn_no, insutype, from_month, psn_type, months, paid_months, needed_months, needed_paid_months, bought_months, papers, decided_by, approver, decided_at, granted_from, granted_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, CASE WHEN $10 = 0 THEN $4::int END, CASE WHEN $10 = 0 THEN $14::timestamptz END) RETURNING retirement_no)
            INSERT INTO bill (kind, payer_no, insutype, month, persons, employer_fen, employee_fen, maternity_fen, late_charge_fen, other_fen, due_on, charge_a_day_fen, reference, made_at)
            SELECT 'purchase', $15, $3, $4, 1, 0, 0, 0, 0, $16, $17, 0, retirement_no::text, $14 FROM decided WHERE $10 > 0
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = order.RequestKey }, new() { Value = order.PsnNo }, new() { Value = order.Insutype }, new() { Value = order.FromMonth }, new() { Value = type }, new() { Value = judged.Months }, new() { Value = judged.PaidMonths },
                new() { Value = judged.NeededMonths }, new() { Value = judged.NeededPaidMonths }, new() { Value = judged.MissingMonths }, new() { Value = order.Papers }, new() { Value = order.DecidedBy!.Trim() },
                new() { Value = order.Approver!.Trim() }, new() { Value = calendar.UtcNow.UtcDateTime }, new() { Value = PayerOf(order.PsnNo!) }, new() { Value = price }, new() { Value = Month.LastDay(Month.Of(calendar.Today)) },
            },
        })
            try { await insert.ExecuteNonQueryAsync(cancellation); }
            // The same key for another person at the same time.
            catch (PostgresException e) when (e.ConstraintName == "a_request_retires_once") { return Refusals.RequestKeyReused; }
        if (isGranted) await Outbox.Add(connection, transaction, [OutboxEvent.Of(order.PsnNo!, new RetirementGranted(order.PsnNo!, order.Insutype!, order.FromMonth, type, judged.Months, judged.PaidMonths), calendar.UtcNow)], cancellation);
        // Money of the person may wait already.
        var incomes = new List<IncomePosting>();
        await SettleBills.Run(connection, transaction, [PayerOf(order.PsnNo!)], order.DecidedBy!.Trim(), incomes, calendar, cancellation);
        await PostIncome.Run(connection, transaction, incomes, calendar.UtcNow, cancellation);
        var retirement = (await Find(connection, transaction, "request_key = $1", [order.RequestKey!], cancellation))!;
        await transaction.CommitAsync(cancellation);
        return retirement;
    }

    /// <summary>The payer's number of a person, beside employers'.</summary>
    public static string PayerOf(string psnNo) => $"person:{psnNo}";

    /// <summary>Of settled bills for missing months: they count, and the retirement is granted. From its month, or if that has come, from the one after the payment.</summary>
    public static async Task Bought(NpgsqlConnection connection, NpgsqlTransaction transaction, long[] settlementNos, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var bought = new List<(long No, int PaidMonth)>();
        await using (var command = new NpgsqlCommand("SELECT b.reference::bigint, s.settled_on FROM bill b JOIN bill_settlement s USING (settlement_no) WHERE b.settlement_no = ANY ($1) AND b.kind = 'purchase' AND b.other_fen > 0 ORDER BY 1", connection, transaction) { Parameters = { new() { Value = settlementNos } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) bought.Add((reader.GetInt64(0), Month.Of(reader.GetFieldValue<DateOnly>(1))));
        foreach (var (no, paidMonth) in bought)
        {
            var retirement = (await Find(connection, transaction, "retirement_no = $1", [no], cancellation))!;
            if (retirement.WithdrawnAt is not null) continue;
            var from = Math.Max(retirement.FromMonth, paidMonth < retirement.FromMonth ? 0 : Month.Next(paidMonth));
            await using (var grant = new NpgsqlCommand("""
                WITH granted AS (UPDATE retirement SET granted_from = $2, granted_at = $3 WHERE retirement_no = $1 RETURNING psn_no, insutype, bought_months)
                INSERT INTO month_credit (psn_no, insutype, kind, reference, paid_months, deemed_months, credited_at) SELECT psn_no, insutype, 'purchase', $1::text, bought_months, 0, $3 FROM granted
                """, connection, transaction) { Parameters = { new() { Value = no }, new() { Value = from }, new() { Value = calendar.UtcNow.UtcDateTime } } })
                await grant.ExecuteNonQueryAsync(cancellation);
            await Outbox.Add(connection, transaction, [OutboxEvent.Of(retirement.PsnNo, new RetirementGranted(
                retirement.PsnNo, retirement.Insutype, from, retirement.PsnType, retirement.Months + retirement.BoughtMonths, retirement.PaidMonths + retirement.BoughtMonths), calendar.UtcNow)], cancellation);
        }
    }

    public static async Task<List<Retirement>> List(NpgsqlDataSource database, string? psnNo, long? after, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Read(connection, null, $"($1 = '' OR psn_no = $1) AND retirement_no > $2 ORDER BY retirement_no LIMIT {Refusals.PageMax}", [psnNo ?? "", after ?? 0], cancellation);
    }

    private static async Task<Outcome<(JudgeRetirement.Judged Judged, long PriceFen)>> Judge(NpgsqlConnection connection, NpgsqlTransaction? transaction, string psnNo, string insutype, int fromMonth, CancellationToken cancellation)
    {
        string gend;
        await using (var person = new NpgsqlCommand("SELECT gend, died_on IS NOT NULL FROM insured_person WHERE psn_no = $1", connection, transaction) { Parameters = { new() { Value = psnNo } } })
        await using (var reader = await person.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation)) return PaymentRefusals.PersonUnknown;
            if (reader.GetBoolean(1)) return PaymentRefusals.PersonDead;
            gend = reader.GetString(0);
        }
        long average;
        EmployeeTerms terms;
        await using (var month = new NpgsqlCommand("SELECT average_fen, terms FROM month_terms WHERE insutype = $1 ORDER BY month > $2, CASE WHEN month > $2 THEN month ELSE -month END LIMIT 1", connection, transaction) { Parameters = { new() { Value = insutype }, new() { Value = fromMonth } } })
        await using (var reader = await month.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation)) return BillRefusals.NoTerms;
            (average, terms) = (reader.GetInt64(0), ContributionTerms.Parser.ParseFrom(reader.GetFieldValue<byte[]>(1)).Employee);
        }
        var counted = await ContributionYears.Count(connection, transaction, psnNo, insutype, Month.Of(Month.FirstDay(fromMonth).AddDays(-1)), cancellation);
        return JudgeRetirement.Judge(terms, gend, counted) is { } judged
            ? (judged, new Fen(average).ShareHalfUp(new BasisPoints(terms.EmployerBp)).Times(judged.MissingMonths).Value)
            : BillRefusals.NoTerms;
    }

    internal static async Task<Retirement?> Find(NpgsqlConnection connection, NpgsqlTransaction transaction, string where, object[] values, CancellationToken cancellation) => (await Read(connection, transaction, where, values, cancellation)).SingleOrDefault();

    private static async Task<List<Retirement>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string where, object[] values, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT retirement_no, psn_no, insutype, from_month, psn_type, months, paid_months, needed_months, needed_paid_months, bought_months, papers, decided_by, approver, decided_at, granted_from, granted_at, withdrawn_by, withdrawal_reason, withdrawn_at FROM retirement WHERE {where}
            """, connection, transaction);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var retirements = new List<Retirement>();
        while (await reader.ReadAsync(cancellation))
            retirements.Add(new Retirement(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.GetString(4), reader.GetInt32(5), reader.GetInt32(6), reader.GetInt32(7), reader.GetInt32(8), reader.GetInt32(9),
                reader.GetString(10), reader.GetString(11), reader.GetString(12), BillingJson.Time(reader.GetDateTime(13)), reader.IsDBNull(14) ? null : reader.GetInt32(14), reader.IsDBNull(15) ? null : BillingJson.Time(reader.GetDateTime(15)), reader.GetString(16), reader.GetString(17), reader.IsDBNull(18) ? null : BillingJson.Time(reader.GetDateTime(18))));
        return retirements;
    }
}
