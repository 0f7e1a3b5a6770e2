using MedInsure.Events;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.ProviderRegistry.Publications;
using NpgsqlTypes;

namespace MedInsure.ProviderRegistry.Doctors;

/// <summary>doctors.csv. A row replaces what was known of the doctor's post at the provider from that day; another from_on adds a post. Whatever changed is one new version per city.</summary>
internal sealed class ImportDoctors(CityChoice choice, TenantDirectory tenants, ChinaCalendar calendar, OutboxBell bell) : CsvImport<DoctorFileRow>
{
    private const string Stage = """
        CREATE TEMP TABLE staged (
            line bigint NOT NULL, doctor_code text COLLATE "C" NOT NULL, doctor_name text NOT NULL, fixmedins_code text COLLATE "C" NOT NULL, department_code text NOT NULL, title text NOT NULL, agreement_no text NOT NULL,
            from_on date NOT NULL, to_on date
        ) ON COMMIT DROP
        """;

    private const string Copy = "COPY staged (line, doctor_code, doctor_name, fixmedins_code, department_code, title, agreement_no, from_on, to_on) FROM STDIN (FORMAT BINARY)";

    private readonly IReadOnlyList<string> cities = choice.Cities();

    public override IReadOnlyList<string> Columns => DoctorFileRow.Columns;

    public override DoctorFileRow? Parse(CsvRow row) => DoctorFileRow.Parse(row, CityOf);

    // A provider's code holds its division; where one city is chosen, the file is that city's.
    private string? CityOf(string fixmedinsCode)
    {
        if (cities is [var only]) return only;
        var city = fixmedinsCode.Length > 6 ? tenants.Find(fixmedinsCode[1..7])?.CityCode : null;
        return city is not null && cities.Contains(city) ? city : null;
    }

    public override async Task<long> Store(IAsyncEnumerable<DoctorFileRow> rows, ImportRun run, CancellationToken cancellation)
    {
        await using var staging = new TenantStaging(choice.Database, Stage, Copy, Publication.LockName);
        await foreach (var row in rows)
        {
            var writer = await staging.Writer(row.City, cancellation);
            await writer.StartRowAsync(cancellation);
            await writer.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancellation);
            foreach (var text in (string[])[row.DoctorCode, row.DoctorName, row.FixmedinsCode, row.DepartmentCode, row.Title, row.AgreementNo]) await writer.WriteAsync(text, NpgsqlDbType.Text, cancellation);
            await writer.WriteAsync(row.From, NpgsqlDbType.Date, cancellation);
            await writer.WriteOrNull(row.To, NpgsqlDbType.Date, cancellation);
        }
        await staging.Close(cancellation);
        foreach (var city in staging.Tenants) await Check(city, run, cancellation);
        if (!run.MayCommit) return 0;

        var changed = 0L;
        foreach (var city in staging.Tenants) changed += await Apply(city, cancellation);
        await staging.Commit(cancellation);
        foreach (var city in staging.Tenants) bell.Ring(city.Code, ProviderRegistryModule.Service);
        return changed;
    }

    private static async Task Check(StagedTenant city, ImportRun run, CancellationToken cancellation)
    {
        await city.Reject("""
            SELECT line, first_line FROM (SELECT line, min(line) OVER (PARTITION BY doctor_code, fixmedins_code, from_on) AS first_line FROM staged) keyed WHERE line <> first_line
            """, "staged", run, (line, first) => new(line, "doctor_code", "doctor.repeated_row", $"与第{first}行的医师、机构和开始日期相同", $"has the same doctor, provider and from_on as line {first}"), cancellation);
        await city.Reject("SELECT line FROM staged s WHERE NOT EXISTS (SELECT FROM provider p WHERE p.fixmedins_code = s.fixmedins_code)", "staged", run,
            (line, _) => new(line, "fixmedins_code", "provider.unknown", "无此定点机构", "there is no such provider"), cancellation);
        await city.Reject("""
            SELECT s.line, o.line FROM staged s JOIN LATERAL (SELECT min(line) AS line FROM staged o WHERE o.doctor_code = s.doctor_code AND o.doctor_name <> s.doctor_name AND o.line < s.line) o ON o.line IS NOT NULL
            """, "staged", run, (line, other) => new(line, "doctor_name", "doctor.two_names", $"同一医师编码的姓名与第{other}行不同", $"names the doctor otherwise than line {other}"), cancellation);
    }

    private async Task<long> Apply(StagedTenant city, CancellationToken cancellation)
    {
        var at = calendar.UtcNow;
        var version = await Publication.Newest(city.Connection, Publication.Doctors, cancellation) + 1;
        await city.Run("""
            CREATE TEMP TABLE changed ON COMMIT DROP AS
                SELECT s.* FROM staged s LEFT JOIN doctor d USING (doctor_code) LEFT JOIN doctor_post p USING (doctor_code, fixmedins_code, from_on)
                WHERE d.doctor_code IS NULL OR p.doctor_code IS NULL OR (s.doctor_name, s.to_on, s.department_code, s.title, s.agreement_no) IS DISTINCT FROM (d.doctor_name, p.to_on, p.department_code, p.title, p.agreement_no)
            """, cancellation);
        var count = await city.Run("""
            INSERT INTO doctor (doctor_code, doctor_name, version) SELECT DISTINCT doctor_code, doctor_name, $1::bigint FROM changed
            ON CONFLICT (doctor_code) DO UPDATE SET doctor_name = EXCLUDED.doctor_name, version = EXCLUDED.version
            """, cancellation, version);
        if (count == 0) return 0;
        var posts = await city.Run("""
            INSERT INTO doctor_post (doctor_code, fixmedins_code, from_on, to_on, department_code, title, agreement_no)
            SELECT doctor_code, fixmedins_code, from_on, to_on, department_code, title, agreement_no FROM changed
            ON CONFLICT (doctor_code, fixmedins_code, from_on) DO UPDATE SET to_on = EXCLUDED.to_on, department_code = EXCLUDED.department_code, title = EXCLUDED.title, agreement_no = EXCLUDED.agreement_no
            """, cancellation);
        await Publication.Record(city.Connection, Publication.Doctors, version, count, at, cancellation);
        await Outbox.Add(city.Connection, city.Transaction, [OutboxEvent.Of(city.Code, new DoctorsChanged(city.Code, version), at)], cancellation);
        return posts;
    }
}
