using System.Security.Cryptography;
using System.Text;
using MedInsure.Enrollment.Covers;
using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Imports;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>For which year, by whom: the list's query.</summary>
internal sealed record StudentOrder(string RequestKey, string Insutype, int Year, string School, string By)
{
    public static Outcome<StudentOrder> Read(IQueryCollection query)
    {
        var order = new StudentOrder((string?)query["request_key"] ?? "", (string?)query["insutype"] ?? "", int.TryParse(query["year"], out var year) ? year : 0, ((string?)query["school"] ?? "").Trim(), ((string?)query["by"] ?? "").Trim());
        if (EnrolmentRequests.Check(order.RequestKey, order.By, "") is { } unfit) return unfit;
        return order.School.Length is 0 or > 200 ? EnrolRefusals.GroupMissing : order;
    }
}

/// <summary>One student that is right in itself.</summary>
internal sealed record StudentRow(long Line, Applicant Student)
{
    public static readonly string[] Columns = ["psn_cert_type", "certno", "psn_name", "gend", "brdy", "psn_type"];

    public static StudentRow? Parse(CsvRow row, string insutype, DateOnly today)
    {
        var student = new Applicant(null, row.Text("psn_cert_type", 6, required: false), row.Text("certno", 50), row.Text("psn_name", 50), row.Text("gend", 6), row.Date("brdy"), row.Text("psn_type", 6));
        if (row.HasErrors) return null;
        var refusal = student.CheckNew(today) ?? (Applicant.IsType(student.PsnType!, insutype) ? null : EnrolRefusals.TypeInvalid);
        if (refusal is null) return new StudentRow(row.Line, student);
        row.Fail(Column(refusal), refusal.Code, refusal.Chinese, refusal.English);
        return null;
    }

    public static string Column(Refusal refusal) => refusal.Field switch { "birth_on" => "brdy", null or "insutype" => "certno", var field => field };
}

/// <summary>A school's list: all its students enrolled for the year in everyone's window, new or known, a thousand at a time in one transaction. The same list again changes nothing.</summary>
internal sealed class ImportStudents(string county, StudentOrder order, ServedCounties counties, Settlement.SettlementClient settlement, ChinaCalendar calendar, OutboxBell bell) : CsvImport<StudentRow>
{
    private const int StudentsPerPart = 1_000;

    private readonly DateOnly today = calendar.Today;

    private sealed record Answer(long RequestNo, long Enrolled);

    public override IReadOnlyList<string> Columns => StudentRow.Columns;

    public override StudentRow? Parse(CsvRow row) => StudentRow.Parse(row, order.Insutype, today);

    public override async Task<long> Store(IAsyncEnumerable<StudentRow> rows, ImportRun run, CancellationToken cancellation)
    {
        var plan = await EnrolmentPlan.Make(settlement, county, order.Insutype, order.Year, EnrolmentWindows.Everyone, null, today, cancellation);
        if (plan.Refusal is { } closed) throw new FileRefusedException(closed);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"students {order.Insutype} {order.Year} {order.School}\n"));
        // A school has tens of thousands of students at most: they are remembered, so that nobody waits for the county while the file is on its way.
        var (students, seen) = (new List<StudentRow>(), new HashSet<string>(StringComparer.Ordinal));
        await foreach (var row in rows)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{row.Student.CertType},{row.Student.Number},{row.Student.PsnName},{row.Student.Gend},{row.Student.BirthOn:O},{row.Student.PsnType}\n"));
            if (seen.Add($"{row.Student.CertType}:{row.Student.Number}")) students.Add(row);
            else Reject(row, EnrolRefusals.PersonTwice);
        }
        await using var held = await HeldCounty.Take(counties.Database(county), cancellation);
        var (requestNo, at, enrolled) = (await EnrolmentRequests.Next(held, cancellation), calendar.UtcNow, 0L);
        var enrolling = new Enrolling(county, order.Insutype, order.Year, EnrolmentWindows.Everyone, null, "", order.School, plan.Value);
        foreach (var part in students.Chunk(StudentsPerPart))
        {
            var results = await enrolling.Run(held, requestNo, [.. part.Select(r => r.Student)], isList: true, today, at, order.By, cancellation);
            for (var i = 0; i < results.Count; i++)
                if (results[i].Refusal is { } refusal) Reject(part[i], refusal);
            enrolled += results.Count(r => r.Refusal is null && !r.IsRepeated);
        }
        if (!run.MayCommit) return 0;
        var digest = hash.GetHashAndReset();
        if (await EnrolmentRequests.Known<Answer>(held, order.RequestKey, digest, cancellation) is { } known) return known.Refusal is { } reused ? throw new FileRefusedException(reused) : 0;
        await EnrolmentRequests.Write(held, requestNo, order.RequestKey, "students", digest, new Answer(requestNo, enrolled), order.By, "", at, cancellation);
        await held.Commit(county, bell, cancellation);
        return enrolled;

        void Reject(StudentRow row, Refusal refusal) => run.Reject(row.Line, StudentRow.Column(refusal), refusal.Code, refusal.Chinese, refusal.English);
    }
}
