using Google.Protobuf;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Billing.Bills;

/// <summary>
/// Begins the bills of a scheme's month, by the pack's terms of its first day; <see cref="BillWorker"/> does it. The terms of the year's later months are kept
/// too: flexible workers may pay ahead.
/// </summary>
internal static class StartBillRun
{
    internal sealed record Order(string? RequestKey, string? Insutype, int Month, string? StartedBy, string? Reason);

    public static async Task<Outcome<BillRun>> Execute(Tenant county, NpgsqlDataSource database, Settlement.SettlementClient settlement, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (string.IsNullOrWhiteSpace(order.Insutype)) return Refusals.SchemeMissing;
        if (!Month.IsMonth(order.Month)) return BillRefusals.MonthInvalid;
        if (TwoPeople.Name(order.StartedBy, "started_by") is { } nobody) return nobody;
        if (RequestTexts.NoReason(order.Reason) is { } noReason) return noReason;
        if (await Known(database, order, cancellation) is { } known) return known;
        if (order.Month > Month.Of(calendar.Today)) return BillRefusals.MonthAhead;

        var terms = new List<(int Month, ContributionTerms Terms)>();
        for (var month = order.Month; month / 100 == order.Month / 100 && Month.IsMonth(month); month++)
        {
            ContributionTerms found;
            try { found = await settlement.GetContributionTermsAsync(new GetContributionTermsRequest { Insutype = order.Insutype, On = DayNumber.Of(Month.FirstDay(month)) }, CallTenant.For(county.Code), cancellationToken: cancellation); }
            catch (RpcException e) when (RefusalStatus.RefusalOrUnavailable(e) is { } refusal)
            {
                // A pack may end within the year: its months after that are nobody's yet.
                if (month > order.Month && refusal.Kind is not RefusalKind.Unavailable) break;
                return refusal;
            }
            if (found.Employee is null) return BillRefusals.NotMonthly;
            terms.Add((month, found));
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var only = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended('bills ' || $1, 0))", connection, transaction) { Parameters = { new() { Value = order.Insutype } } })
            await only.ExecuteNonQueryAsync(cancellation);
        // Two requests of one key at once: the first one's run is the answer to both.
        if (await Known(database, order, cancellation) is { } first) return first;
        await using (var last = new NpgsqlCommand("SELECT max(month) FROM month_terms WHERE insutype = $1 AND is_billed", connection, transaction) { Parameters = { new() { Value = order.Insutype } } })
            if (await last.ExecuteScalarAsync(cancellation) is int before && order.Month != before && order.Month != Month.Next(before)) return BillRefusals.MonthOutOfOrder;
        await Keep(connection, transaction, order.Insutype, order.Month, terms, cancellation);
        await using var insert = new NpgsqlCommand("INSERT INTO bill_run (request_key, insutype, month, started_by, reason, started_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING run_no", connection, transaction)
        {
            Parameters =
            {
                new() { Value = order.RequestKey }, new() { Value = order.Insutype }, new() { Value = order.Month }, new() { Value = order.StartedBy }, new() { Value = order.Reason }, new() { Value = calendar.UtcNow.UtcDateTime },
            },
        };
        try
        {
            var runNo = (long)(await insert.ExecuteScalarAsync(cancellation))!;
            await transaction.CommitAsync(cancellation);
            return (await BillRun.Find(database, runNo, cancellation))!;
        }
        catch (PostgresException e) when (e.ConstraintName == "a_scheme_has_one_bill_run_at_a_time") { return BillRefusals.RunGoesOn; }
        // The same key for another scheme at the same time.
        catch (PostgresException e) when (e.ConstraintName == "a_request_starts_one_bill_run") { return Refusals.RequestKeyReused; }
    }

    /// <returns>The run of the same request, or that its key stands for another one; null: the key is new.</returns>
    private static async Task<Outcome<BillRun>?> Known(NpgsqlDataSource database, Order order, CancellationToken cancellation)
    {
        if (await BillRun.FindByKey(database, order.RequestKey!, cancellation) is not { } known) return null;
        return (known.Insutype, known.Month, known.StartedBy, known.Reason) == (order.Insutype, order.Month, order.StartedBy, order.Reason) ? known : Refusals.RequestKeyReused;
    }

    /// <summary>A month that was billed keeps the terms by which it was.</summary>
    private static async Task Keep(NpgsqlConnection connection, NpgsqlTransaction transaction, string insutype, int billed, List<(int Month, ContributionTerms Terms)> terms, CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var (month, found) in terms)
        {
            var employee = found.Employee;
            var average = new Fen(Month.Twelfth(employee.AverageWageFen));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("""
                INSERT INTO month_terms AS m (insutype, month, terms, average_fen, floor_fen, ceiling_fen, employer_bp, employee_bp, maternity_bp, account_of_employer_bp, account_of_employee_bp, late_charge_bp,
                    choices, choices_bp, choices_account_bp, is_billed)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                ON CONFLICT (insutype, month) DO UPDATE SET terms = excluded.terms, average_fen = excluded.average_fen, floor_fen = excluded.floor_fen, ceiling_fen = excluded.ceiling_fen, employer_bp = excluded.employer_bp,
                    employee_bp = excluded.employee_bp, maternity_bp = excluded.maternity_bp, account_of_employer_bp = excluded.account_of_employer_bp, account_of_employee_bp = excluded.account_of_employee_bp,
                    late_charge_bp = excluded.late_charge_bp, choices = excluded.choices, choices_bp = excluded.choices_bp, choices_account_bp = excluded.choices_account_bp, is_billed = excluded.is_billed
                WHERE NOT m.is_billed
                """)
            {
                Parameters =
                {
                    new() { Value = insutype }, new() { Value = month }, new() { Value = found.ToByteArray() }, new() { Value = average.Value }, new() { Value = average.ShareHalfUp(new BasisPoints(employee.FloorBp)).Value },
                    new() { Value = average.ShareHalfUp(new BasisPoints(employee.CeilingBp)).Value }, new() { Value = employee.EmployerBp }, new() { Value = employee.EmployeeBp }, new() { Value = employee.MaternityBp },
                    new() { Value = employee.AccountOfEmployerBp }, new() { Value = employee.AccountOfEmployeeBp }, new() { Value = employee.LateChargeBp },
                    new() { Value = employee.Flexible.Select(f => f.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }, new() { Value = employee.Flexible.Select(f => f.RateBp).ToArray() },
                    new() { Value = employee.Flexible.Select(f => f.AccountBp).ToArray() }, new() { Value = month == billed },
                },
            });
        }
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
