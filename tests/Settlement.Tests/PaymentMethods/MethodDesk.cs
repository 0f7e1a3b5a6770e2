using System.Text.Json;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Indicators;
using MedInsure.Settlement.PaymentMethods;
using MedInsure.Settlement.PaymentTerms;
using MedInsure.Settlement.ProviderStatements;
using MedInsure.Settlement.Runs;
using Npgsql;

namespace MedInsure.Settlement.Tests.PaymentMethods;

/// <summary>An agency that agrees with its providers how they are paid, and computes their months.</summary>
internal sealed class MethodDesk(SettlementNode node)
{
    public const string First = "王经办", Second = "李复核", Fund = "390100";
    private int lastRequest, lastClaim;

    public SettlementNode Node => node;
    public string County => node.Tenant.Code;
    public RunPlace Place => new(node.Journal, node.Database);
    public ChinaCalendar Calendar => new(node.Time);

    public string Hospital(string level = "3") => node.Hospital(level);

    public void SetDay(int year, int month, int day) => ((SetTime)node.Time).Now = new DateTimeOffset(year, month, day, 12, 0, 0, ChinaCalendar.Offset);

    public DraftTerms.Order Order(string method, string terms, string[]? providers = null, string? scope = null, int from = 202601, int to = 202612, string fund = Fund) =>
        new($"Q{++lastRequest}", method, fund[..3], fund, providers ?? [Hospital()], from, to, "XY-2026-1", scope is null ? null : JsonElement.Parse(scope), JsonElement.Parse(terms), First);

    public Task<Outcome<PaymentTerm>> Draft(DraftTerms.Order order) => DraftTerms.Execute(Place, order, node.Time.GetUtcNow(), default);
    public Task<Outcome<PaymentTerm>> Approve(PaymentTerm term, string by = Second) => ApproveTerms.Execute(Place, term.Number, new ApproveTerms.Approval(by), node.Time.GetUtcNow(), default);

    public async Task<PaymentTerm> Agreed(string method, string terms, string[]? providers = null, string? scope = null, int from = 202601, int to = 202612) =>
        Value(await Approve(Value(await Draft(Order(method, terms, providers, scope, from, to)))));

    public async Task<List<MethodResult>> Month(int month, string? provider = null)
    {
        await node.Projected();
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var results = await ComputeMonth.Run(connection, transaction, County, provider ?? Hospital(), month, default);
        await transaction.CommitAsync();
        return [.. results];
    }

    /// <summary>As a statement does it.</summary>
    public async Task<List<MethodResult>> Stated(int month, string? provider = null)
    {
        await node.Projected();
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var results = await ComputeMonth.Run(connection, transaction, County, provider ?? Hospital(), month, default);
        await ComputeIndicators.Run(connection, transaction, County, provider ?? Hospital(), month, default);
        await ComputeMonth.Fix(connection, transaction, County, provider ?? Hospital(), month, $"S{month}", default);
        await transaction.CommitAsync();
        return [.. results];
    }

    /// <summary>What is asked for while a statement of the month is being approved, and answered after that.</summary>
    public Task<Outcome<T>> WhileStated<T>(int month, Func<Task<Outcome<T>>> act) => While(act, async (connection, transaction) =>
    {
        await ProviderLock.Take(connection, transaction, Hospital(), default);
        await ComputeMonth.Run(connection, transaction, County, Hospital(), month, default);
        await ComputeMonth.Fix(connection, transaction, County, Hospital(), month, $"S{month}", default);
    });

    /// <summary>What is asked for while another one's statement has run and is not committed: it waits for it, or is answered without it.</summary>
    public Task<Outcome<T>> While<T>(string sql, Func<Task<Outcome<T>>> act) => While(act, async (connection, transaction) =>
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        await command.ExecuteNonQueryAsync();
    });

    private async Task<Outcome<T>> While<T>(Func<Task<Outcome<T>>> act, Func<NpgsqlConnection, NpgsqlTransaction, Task> other)
    {
        await node.Projected();
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await other(connection, transaction);
        var acting = act();
        while (!acting.IsCompleted && await Rows("SELECT '' FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") is []) await Task.Delay(10);
        await transaction.CommitAsync();
        return await acting;
    }

    public async Task<List<IndicatorResult>> Indicators(int month, string? provider = null)
    {
        await node.Projected();
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var results = await ComputeIndicators.Run(connection, transaction, County, provider ?? Hospital(), month, default);
        await transaction.CommitAsync();
        return [.. results];
    }

    internal sealed record Other(
        string Provider, DateTimeOffset At, long FundFen, long TotalFen, string ClearingType = "11", string MedType = "11", string Disease = "", string Diagnosis = "", string Operation = "", int Days = 0, string PsnNo = "P", string? Reverses = null,
        string? Fund2 = null, long Fund2Fen = 0);

    public Other Case(int month, int day, long fundFen, long? totalFen = null, string? provider = null) =>
        new(provider ?? Hospital(), new DateTimeOffset(month / 100, month % 100, day, 10, 0, 0, ChinaCalendar.Offset), fundFen, totalFen ?? fundFen);

    /// <summary>Claims of another county's persons, as it tells them: they are in the tables at once, whatever was settled here. Returns their numbers.</summary>
    public async Task<string[]> OffCounty(params IReadOnlyList<Other> claims)
    {
        await using var connection = await node.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var numbers = new List<string>();
        foreach (var claim in claims)
        {
            var number = Interlocked.Increment(ref lastClaim);
            numbers.Add($"999901S{number:D12}");
            await using var command = new NpgsqlCommand("""
                INSERT INTO off_county_claim (home_county, pair_no, setl_id, mdtrt_id, psn_no, fixmedins_code, insutype, med_type, clearing_type, settled_at, is_stay, begin_on, end_on, message_id, reverses_setl_id, total_fen,
                    full_self_pay_fen, in_scope_fen, fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen, disease_code, diagnosis_code, operation_code, fund, fund_fen)
                VALUES ('999901', $1, $2, $3, $4, $5, '390', $6, $7, $8, $9, $10, $11, $2, $12, $13, 0, $13, $14, 0, $13 - $14, 0, 0, $13 - $14, $15, $16, $17, $18, $19)
                """, connection, transaction);
            var end = DateOnly.FromDateTime(claim.At.DateTime);
            string[] funds = claim.Fund2 is { } second ? [Fund, second] : [Fund];
            long[] fen = claim.Fund2 is null ? [claim.FundFen] : [claim.FundFen, claim.Fund2Fen];
            foreach (var value in (object[])[(long)number, numbers[^1], $"E{(claim.Reverses is { } original ? int.Parse(original[^12..]) : number)}", claim.PsnNo, claim.Provider, claim.MedType, claim.ClearingType, claim.At.UtcDateTime, claim.ClearingType == "21", end.AddDays(-claim.Days), end,
                (object?)claim.Reverses ?? DBNull.Value, claim.TotalFen, fen.Sum(), claim.Disease, claim.Diagnosis, claim.Operation, funds, fen])
                command.Parameters.Add(value is DBNull ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } : new NpgsqlParameter { Value = value });
            await command.ExecuteNonQueryAsync();
        }
        await transaction.CommitAsync();
        return [.. numbers];
    }

    public async Task<List<string>> Rows(string sql)
    {
        await node.Projected();
        await using var command = node.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    public async Task Tamper(string sql)
    {
        await using var admin = new NpgsqlConnection(node.Server.ConnectionString(TenantNames.Database(County)));
        await admin.OpenAsync();
        await using var command = new NpgsqlCommand("SET search_path = settlement; " + sql, admin);
        await command.ExecuteNonQueryAsync();
    }

    public static T Value<T>(Outcome<T> outcome)
    {
        Assert.True(outcome.Refusal is null, outcome.Refusal?.Code + " " + outcome.Refusal?.English);
        return outcome.Value;
    }

    /// <summary>method fund: settled -> payable.</summary>
    public static string Text(MethodResult r) => $"{r.Method} {r.Fund}: {r.Claims} {r.SettledFen} -> {r.PayableFen}";
}
