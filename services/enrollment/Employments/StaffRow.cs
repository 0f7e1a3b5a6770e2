using MedInsure.Hosting.Imports;
using MedInsure.Kernel;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.Enrollment.Employments;

/// <summary>One thing declared of one person's employment: of a file's row or of a desk's act. Months are yyyyMM.</summary>
/// <param name="Act">start, stop, wage or correct.</param>
/// <param name="Certno">Names the person where <paramref name="PsnNo"/> and <paramref name="EmploymentNo"/> do not.</param>
/// <param name="PsnName">Checked when not empty.</param>
/// <param name="EmployerNo">Empty: a flexible worker.</param>
/// <param name="Month">The first month of a start or wage, a correction's first month.</param>
/// <param name="LastMonth">The last month of a stop; of a wage that ends again; of a start or correction with an end.</param>
/// <param name="Ended">Why an employment with an end ends.</param>
internal sealed record StaffRow(long Line, string Act)
{
    public string PsnNo { get; init; } = "";
    public string Certno { get; init; } = "";
    public string PsnName { get; init; } = "";
    public long? EmploymentNo { get; init; }
    public string EmployerNo { get; init; } = "";
    public int Month { get; init; }
    public int? LastMonth { get; init; }
    public string Ended { get; init; } = "";
    public Fen? Wage { get; init; }
    public bool Maternity { get; init; }
    public string FlexibleChoice { get; init; } = "";
    public int FlexibleBaseBp { get; init; }
    public string Why { get; init; } = "";

    public static readonly string[] Columns = ["certno", "psn_name", "action", "month", "last_month", "wage", "maternity", "why"];
    private static readonly HashSet<string> Actions = ["start", "stop", "retire", "wage"];

    /// <summary>No month's wage comes near: what is larger has lost its decimal point.</summary>
    private static readonly Fen WageMax = new(1_000_000_000);

    public const string Stage = """
        CREATE TEMP TABLE staged (
            line bigint NOT NULL, act text NOT NULL, psn_no text COLLATE "C" NOT NULL, certno text COLLATE "C" NOT NULL, psn_name text NOT NULL, employment_no bigint,
            employer_no text COLLATE "C" NOT NULL, month int NOT NULL, last_month int, ended text NOT NULL, wage_fen bigint, maternity boolean NOT NULL, flexible_choice text NOT NULL,
            flexible_base_bp int NOT NULL, why text NOT NULL
        ) ON COMMIT DROP
        """;

    public const string Copy =
        "COPY staged (line, act, psn_no, certno, psn_name, employment_no, employer_no, month, last_month, ended, wage_fen, maternity, flexible_choice, flexible_base_bp, why) FROM STDIN (FORMAT BINARY)";

    public async Task Write(NpgsqlBinaryImporter writer, CancellationToken cancellation)
    {
        await writer.StartRowAsync(cancellation);
        await writer.WriteAsync(Line, NpgsqlDbType.Bigint, cancellation);
        foreach (var text in (string[])[Act, PsnNo, Certno, PsnName]) await writer.WriteAsync(text, NpgsqlDbType.Text, cancellation);
        await writer.WriteOrNull(EmploymentNo, NpgsqlDbType.Bigint, cancellation);
        await writer.WriteAsync(EmployerNo, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(Month, NpgsqlDbType.Integer, cancellation);
        await writer.WriteOrNull(LastMonth, NpgsqlDbType.Integer, cancellation);
        await writer.WriteAsync(Ended, NpgsqlDbType.Text, cancellation);
        await writer.WriteOrNull(Wage?.Value, NpgsqlDbType.Bigint, cancellation);
        await writer.WriteAsync(Maternity, NpgsqlDbType.Boolean, cancellation);
        await writer.WriteAsync(FlexibleChoice, NpgsqlDbType.Text, cancellation);
        await writer.WriteAsync(FlexibleBaseBp, NpgsqlDbType.Integer, cancellation);
        await writer.WriteAsync(Why, NpgsqlDbType.Text, cancellation);
    }

    /// <summary>A row of an employer's declaration.</summary>
    /// <returns>Null: the row has an error.</returns>
    public static StaffRow? Parse(CsvRow row, string employerNo, DateOnly today)
    {
        var certno = row.Text("certno", 50).ToUpperInvariant();
        var name = row.Text("psn_name", 50);
        var action = row.Text("action", 10);
        if (action.Length > 0 && !Actions.Contains(action)) Fail(row, EmploymentRefusals.ActUnknown);
        var isEnd = action is "stop" or "retire";
        var month = ReadMonth(row, isEnd ? "last_month" : "month", today);
        var last = isEnd || row["last_month"].Length == 0 ? null : ReadMonth(row, "last_month", today);
        if (isEnd && row["month"].Length > 0) row.Fail("month", "employment.month_not_meant", "停保只填写最后缴费月份last_month", "an end is told by its last_month alone");
        if (last < month) Fail(row, EmploymentRefusals.EndsBeforeStart);
        var wage = row.Money("wage", required: !isEnd);
        if (wage is { } paid && !IsWage(paid)) Fail(row, EmploymentRefusals.WageInvalid);
        var maternity = row.Flag("maternity");
        var why = row.Text("why", 500, required: false);
        if (row.HasErrors || month is not { } known) return null;
        if (IsOfThePast(isEnd ? EmploymentMonth.Add(known, 1) : known, today) && why.Length == 0) Fail(row, EmploymentRefusals.ReasonNeeded);
        if (row.HasErrors) return null;
        return new StaffRow(row.Line, isEnd ? "stop" : action)
        {
            Certno = certno, PsnName = name, EmployerNo = employerNo, Month = isEnd ? 0 : known, LastMonth = isEnd ? known : last, Wage = wage, Maternity = maternity, Why = why,
            Ended = action switch { "retire" => "retired", "stop" => "stopped", "start" when last is not null => "stopped", _ => "" },
        };
    }

    public static bool IsWage(Fen wage) => wage > Fen.Zero && wage <= WageMax;

    /// <summary>Whether months change that may be billed already: those before the present one.</summary>
    public static bool IsOfThePast(int firstChanged, DateOnly today) => firstChanged < EmploymentMonth.Of(today);

    private static int? ReadMonth(CsvRow row, string column, DateOnly today)
    {
        if (row.Whole(column, 0, 999_912) is not { } month) return null;
        if (EmploymentMonth.IsDeclarable(month, today)) return month;
        Fail(row, EmploymentRefusals.MonthInvalid.At(column));
        return null;
    }

    private static void Fail(CsvRow row, Refusal refusal) => row.Fail(refusal.Field!, refusal.Code, refusal.Chinese, refusal.English);
}
