using System.Diagnostics;
using MedInsure.Embedded;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Benchmarks;

/// <summary>The same bills checked where the data lies: the persons' lines and the knowledge points in tables with the indexes that they need, one prepared statement for each bill, one connection.</summary>
internal sealed class SqlChecks : IAsyncDisposable
{
    private const string Database = "checks";

    /// <summary>Five kinds of rules: whom a point allows; how much of its item in a month, the person's bills counted; the same line twice; the same drug in another bill of the week; the item elsewhere on the day.</summary>
    private const string Check = """
        WITH line AS (SELECT * FROM unnest($7, $8, $9, $10) AS l (code, quantity, fen, at_ms)),
            met AS (SELECT p.*, l.quantity, l.fen FROM line AS l JOIN point AS p USING (code) WHERE p.from_on <= $6)
        SELECT rule, point_no, sum(fen) FROM met
            WHERE (gend <> '' AND gend <> $2) OR age_min > $3 OR age_max < $3 OR NOT $4 = ANY (insutypes) OR NOT $5 = ANY (med_types) GROUP BY rule, point_no
        UNION ALL SELECT m.rule, m.point_no, sum(m.fen) FROM met AS m WHERE m.limit_e4 > 0
            GROUP BY m.rule, m.point_no, m.code, m.limit_e4 HAVING sum(m.quantity) + coalesce((SELECT sum(h.quantity) FROM bill_line AS h WHERE h.psn_no = $1 AND h.code = m.code AND h.on_day >= $6 - 30), 0) > m.limit_e4
        UNION ALL SELECT 'twice', code, sum(fen) FROM line GROUP BY code, at_ms, quantity HAVING count(*) > 1
        UNION ALL SELECT 'week', l.code, sum(l.fen) FROM line AS l JOIN bill_line AS h ON h.psn_no = $1 AND h.code = l.code AND h.on_day >= $6 - 7 AND h.drug GROUP BY l.code
        UNION ALL SELECT 'elsewhere', l.code, sum(l.fen) FROM line AS l JOIN bill_line AS h ON h.psn_no = $1 AND h.code = l.code AND h.on_day = $6 AND h.provider <> $11 GROUP BY l.code
        """;

    private readonly CheckLoad load;
    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlCommand check;

    private SqlChecks(CheckLoad load, NpgsqlDataSource source, NpgsqlConnection connection) => (this.load, this.source, this.connection, check) = (load, source, connection, new NpgsqlCommand(Check, connection));

    public static async Task<SqlChecks> Prepare(PostgresServer server, CheckLoad load, CancellationToken cancellation)
    {
        await using (var admin = new NpgsqlConnection(server.AdminConnectionString))
        {
            await admin.OpenAsync(cancellation);
            await using var create = new NpgsqlCommand($"CREATE DATABASE {Database}", admin);
            await create.ExecuteNonQueryAsync(cancellation);
        }
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.AdminConnectionString) { Database = Database }.ConnectionString);
        var connection = await source.OpenConnectionAsync(cancellation);
        await Execute(connection, """
            CREATE TABLE bill_line (psn_no text, on_day int, code text, quantity bigint, fen bigint, drug boolean, provider text);
            CREATE TABLE point (rule text, point_no text, code text, gend text, age_min int, age_max int, insutypes text[], med_types text[], limit_e4 bigint, from_on int);
            """, cancellation);
        await using (var rows = await connection.BeginBinaryImportAsync("COPY bill_line FROM STDIN (FORMAT binary)", cancellation))
        {
            foreach (var bill in load.Histories)
                foreach (var line in bill.Line)
                {
                    await rows.StartRowAsync(cancellation);
                    await rows.WriteAsync(bill.PsnNo, cancellation);
                    await rows.WriteAsync(DayNumber.ToDate(line.OccurredOn).DayNumber, cancellation);
                    await rows.WriteAsync(line.MedListCode, cancellation);
                    await rows.WriteAsync(line.QuantityE4, cancellation);
                    await rows.WriteAsync(line.InScopeFen, cancellation);
                    await rows.WriteAsync(line.ListType[0] == '1', cancellation);
                    await rows.WriteAsync(bill.FixmedinsCode, cancellation);
                }
            await rows.CompleteAsync(cancellation);
        }
        await using (var rows = await connection.BeginBinaryImportAsync("COPY point FROM STDIN (FORMAT binary)", cancellation))
        {
            foreach (var point in load.Rules.Points)
                foreach (var code in point.Codes)
                {
                    await rows.StartRowAsync(cancellation);
                    await rows.WriteAsync(point.Rule, cancellation);
                    await rows.WriteAsync(point.PointNo, cancellation);
                    await rows.WriteAsync(code, cancellation);
                    await rows.WriteAsync(point.Gend, cancellation);
                    await rows.WriteAsync(point.AgeMin ?? 0, cancellation);
                    await rows.WriteAsync(point.AgeMax ?? 200, cancellation);
                    await rows.WriteAsync(point.Insutypes.ToArray(), cancellation);
                    await rows.WriteAsync(point.MedTypes.ToArray(), cancellation);
                    await rows.WriteAsync(point.LimitE4, cancellation);
                    await rows.WriteAsync(0, cancellation);
                }
            await rows.CompleteAsync(cancellation);
        }
        await Execute(connection, "CREATE INDEX ON bill_line (psn_no, code, on_day); CREATE INDEX ON point (code); VACUUM ANALYZE bill_line; ", cancellation, alone: true);
        await Execute(connection, "VACUUM ANALYZE point", cancellation);
        var checks = new SqlChecks(load, source, connection);
        foreach (var type in (NpgsqlDbType[])[NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Text, NpgsqlDbType.Text, NpgsqlDbType.Integer, NpgsqlDbType.Array | NpgsqlDbType.Text, NpgsqlDbType.Array | NpgsqlDbType.Bigint, NpgsqlDbType.Array | NpgsqlDbType.Bigint, NpgsqlDbType.Array | NpgsqlDbType.Bigint, NpgsqlDbType.Text])
            checks.check.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        await checks.check.PrepareAsync(cancellation);
        return checks;
    }

    /// <summary>Checks per second of processor time, the server's and this process's.</summary>
    public async Task<double> Measure(PostgresServer server, double seconds, CancellationToken cancellation)
    {
        var (checks, cpu, watch) = (0L, CpuTime.Seconds(server), Stopwatch.StartNew());
        while (watch.Elapsed.TotalSeconds < seconds)
        {
            var bill = load.Bills[(int)(checks++ % load.Bills.Count)];
            var p = check.Parameters;
            var day = DayNumber.ToDate(bill.PolicyOn);
            (p[0].Value, p[1].Value, p[2].Value, p[3].Value, p[4].Value, p[5].Value) = (bill.PsnNo, bill.Gend, day.Year - bill.BirthOn / 10_000, bill.Insutype, bill.MedType, day.DayNumber);
            (p[6].Value, p[7].Value, p[8].Value, p[9].Value, p[10].Value) = (bill.Line.Select(l => l.MedListCode).ToArray(), bill.Line.Select(l => l.QuantityE4).ToArray(), bill.Line.Select(l => l.InScopeFen).ToArray(), bill.Line.Select(l => l.OccurredAtMs).ToArray(), bill.FixmedinsCode);
            await using var reader = await check.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation)) _ = reader.GetString(0);
        }
        return checks / (CpuTime.Seconds(server) - cpu);
    }

    public async ValueTask DisposeAsync()
    {
        await check.DisposeAsync();
        await connection.DisposeAsync();
        await source.DisposeAsync();
    }

    /// <param name="alone">Statement by statement: VACUUM stands in no transaction.</param>
    private static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancellation, bool alone = false)
    {
        foreach (var statement in alone ? sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [sql])
        {
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }
}
