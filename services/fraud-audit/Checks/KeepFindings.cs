using System.Diagnostics.Metrics;
using System.Threading.Channels;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.FraudAudit.Checks;

/// <summary>A check that found something.</summary>
internal sealed record CheckedBill(string Stage, DateTimeOffset At, AuditClaim Claim, CheckClaimReply Reply);

/// <summary>
/// Writes what checks found behind the answers, many checks at a time: no doctor waits for a disk. What a crash loses is the chance to answer to a finding; the audit afterwards finds it again.
/// </summary>
internal sealed class KeepFindings(AuditedCounties counties, ILogger<KeepFindings> log) : BackgroundService
{
    private const int WaitingMax = 20_000, BatchMax = 500;
    // One statement for what many windows found; who answers to a finding sooner than this writes it himself.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100), RetryDelay = TimeSpan.FromSeconds(1);

    private static readonly Meter Meter = new("MedInsure.Checks");
    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>("medinsure.check.dropped", "{check}", "Checks whose findings could not be kept for feedback");

    private readonly Channel<(string County, CheckedBill Bill)> waiting = Channel.CreateBounded<(string, CheckedBill)>(new BoundedChannelOptions(WaitingMax) { SingleReader = false });
    private readonly SemaphoreSlim writing = new(1, 1);

    public void Add(string county, CheckedBill bill)
    {
        if (!waiting.Writer.TryWrite((county, bill))) Dropped.Add(1, new KeyValuePair<string, object?>("tenant", county));
    }

    /// <summary>Returns when everything that was found before the call is in the tables.</summary>
    public async Task Flush(CancellationToken cancellation)
    {
        await writing.WaitAsync(cancellation);
        try
        {
            while (waiting.Reader.TryRead(out var first))
            {
                var batch = new List<(string County, CheckedBill Bill)> { first };
                while (batch.Count < BatchMax && waiting.Reader.TryRead(out var next)) batch.Add(next);
                foreach (var of in batch.GroupBy(b => b.County)) await Write(of.Key, [.. of.Select(b => b.Bill)], cancellation);
            }
        }
        finally
        {
            writing.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stopping))
            {
                await Task.Delay(Gathering, stopping);
                try { await Flush(stopping); }
                catch (NpgsqlException e) when (!stopping.IsCancellationRequested)
                {
                    log.LogWarning(e, "findings of checks could not be kept");
                    await Task.Delay(RetryDelay, stopping);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested) { /* What is left is found again by the audit. */ }
    }

    private async Task Write(string county, IReadOnlyList<CheckedBill> bills, CancellationToken cancellation)
    {
        var found = bills.SelectMany(b => b.Reply.Finding.Select(f => (Bill: b, Finding: f))).ToList();
        // unnest flattens arrays of arrays: a finding's lines go as one text each; no line's number holds a unit separator.
        await using var command = counties.Database(county).CreateCommand("""
            INSERT INTO check_finding (finding_no, check_no, stage, checked_at, psn_no, mdtrt_id, fixmedins_code, department_code, doctor_code, rule, severity, certain, blocks, in_scope_fen, text, lines)
            SELECT f.finding_no, f.check_no, f.stage, f.checked_at, f.psn_no, f.mdtrt_id, f.fixmedins_code, f.department_code, f.doctor_code, f.rule, f.severity, f.certain, f.blocks, f.in_scope_fen, f.text,
                CASE WHEN f.lines = '' THEN '{}' ELSE string_to_array(f.lines, U&'\001F') END
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                AS f (finding_no, check_no, stage, checked_at, psn_no, mdtrt_id, fixmedins_code, department_code, doctor_code, rule, severity, certain, blocks, in_scope_fen, text, lines)
            ON CONFLICT DO NOTHING
            """);
        void Of<T>(NpgsqlDbType type, Func<(CheckedBill Bill, CheckFinding Finding), T> value) => command.Parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = [.. found.Select(value)] });
        Of(NpgsqlDbType.Text, f => f.Finding.FindingNo);
        Of(NpgsqlDbType.Text, f => f.Bill.Reply.CheckNo);
        Of(NpgsqlDbType.Text, f => f.Bill.Stage);
        Of(NpgsqlDbType.TimestampTz, f => f.Bill.At.UtcDateTime);
        Of(NpgsqlDbType.Text, f => f.Bill.Claim.PsnNo);
        Of(NpgsqlDbType.Text, f => f.Bill.Claim.MdtrtId);
        Of(NpgsqlDbType.Text, f => f.Bill.Claim.FixmedinsCode);
        Of(NpgsqlDbType.Text, f => f.Bill.Claim.DepartmentCode);
        Of(NpgsqlDbType.Text, f => f.Bill.Claim.DoctorCode);
        Of(NpgsqlDbType.Text, f => f.Finding.Rule);
        Of(NpgsqlDbType.Integer, f => int.Parse(f.Finding.Severity, System.Globalization.CultureInfo.InvariantCulture));
        Of(NpgsqlDbType.Boolean, f => f.Finding.Certain);
        Of(NpgsqlDbType.Boolean, f => f.Finding.Blocks);
        Of(NpgsqlDbType.Bigint, f => f.Finding.AmountFen);
        Of(NpgsqlDbType.Text, f => f.Finding.Text);
        Of(NpgsqlDbType.Text, f => string.Join('\u001F', f.Finding.Line.Select(l => l.FeedetlSn)));
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
