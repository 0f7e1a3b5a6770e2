using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.PaymentMethods;
using Npgsql;

namespace MedInsure.Settlement.PaymentTerms;

/// <summary>How providers are paid for which claims, in the months of one year, as agreed with them.</summary>
/// <param name="EndedMonth">The last month, where the terms ended before the agreed one.</param>
/// <param name="Method">Of a point method with an empty group table: <see cref="TermReader.WithGroups"/> reads it.</param>
/// <param name="IsSettled">A statement was made of the year's settlement: what comes later is in months of the next year.</param>
internal sealed record PaymentTerm(
    string County, long Number, string RequestNo, ClaimScope Scope, int FromMonth, int ToMonth, int? EndedMonth, PaymentMethod Method, IReadOnlyList<string> Providers, bool IsSettled, TermLife Life)
{
    public static readonly string[] States = ["drafted", "approved", "withdrawn"];

    /// <summary>Begins with the county's code: 371102V000000000003.</summary>
    public string ScopeNo => CountyNumber.Of(County, CountyNumber.Terms, Number);

    public int LastMonth => EndedMonth ?? ToMonth;

    /// <summary>One of the months in which the terms hold.</summary>
    public bool Covers(int month) => month >= FromMonth && month <= LastMonth;

    /// <summary>A result of the month may come of the terms.</summary>
    public bool ConcernsMonth(int month) => month >= FromMonth && (month / 100 == FromMonth / 100 || IsSettled);

    public TermMonth At(int month) => new(Math.Min(month, LastMonth) - FromMonth + 1, ToMonth - FromMonth + 1, month / 100 > FromMonth / 100 || month % 100 == ComputeMonth.SettlementMonth);

    /// <summary>Null: no number of this county's terms.</summary>
    public static long? Parse(string county, string termNo) => CountyNumber.Parse(county, CountyNumber.Terms, termNo);

    public static bool IsMonth(int month) => month / 100 is >= 2000 and <= 2999 && month % 100 is >= 1 and <= 12;

    /// <summary>The month after; after the settlement of a year as after its December.</summary>
    public static int Next(int month) => month % 100 >= 12 ? (month / 100 + 1) * 100 + 1 : month + 1;

    /// <summary>The instant at which a month begins in China.</summary>
    public static DateTime StartOf(int month) => ChinaCalendar.StartOf(new DateOnly(month / 100, month % 100, 1)).UtcDateTime;

    private static readonly string Columns = $"""
        SELECT t.number, t.request_no, t.method, t.insutype, t.fund, t.from_month, t.to_month, t.ended_month, t.scope::text, t.terms::text, t.agreement_no, t.state, t.drafted_by, t.drafted_at, t.approved_by, t.approved_at,
            t.withdrawn_by, t.withdrawn_at, t.ended_by, t.ending_approver, t.ended_at, t.reason, (SELECT array_agg(p.fixmedins_code ORDER BY p.fixmedins_code COLLATE "C") FROM payment_term_provider p WHERE p.number = t.number),
            EXISTS (SELECT FROM payment_month m WHERE m.scope = $1 || '{CountyNumber.Terms}' || lpad(t.number::text, 12, '0') AND m.month = t.from_month / 100 * 100 + 13 AND m.fixed_by <> '')
        FROM payment_term t
        """;

    /// <summary>Approved terms of a provider in the month's year, up to the month, and in the year before.</summary>
    public static Task<List<PaymentTerm>> OfProvider(NpgsqlConnection connection, NpgsqlTransaction? transaction, string county, string fixmedinsCode, int month, CancellationToken cancellation) =>
        Read(connection, transaction, county, """
            WHERE t.state = 'approved' AND t.from_month <= $3 AND t.from_month / 100 >= $3 / 100 - 1 AND t.number IN (SELECT number FROM payment_term_provider WHERE fixmedins_code = $2) ORDER BY t.number
            """, [fixmedinsCode, month], cancellation);

    public static async Task<PaymentTerm?> Find(NpgsqlConnection connection, NpgsqlTransaction? transaction, string county, long number, CancellationToken cancellation) =>
        (await Read(connection, transaction, county, "WHERE t.number = $2", [number], cancellation)).SingleOrDefault();

    /// <param name="tail">From WHERE on, parameters from $2.</param>
    public static async Task<List<PaymentTerm>> Read(NpgsqlConnection connection, NpgsqlTransaction? transaction, string county, string tail, object[] values, CancellationToken cancellation)
    {
        var terms = new List<PaymentTerm>();
        await using var command = new NpgsqlCommand($"{Columns} {tail}", connection, transaction);
        foreach (var value in (object[])[county, .. values]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            DateTimeOffset? At(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
            var life = new TermLife(reader.GetString(10), reader.GetString(11), reader.GetString(12), reader.GetFieldValue<DateTimeOffset>(13), reader.GetString(14), At(15), reader.GetString(16), At(17), reader.GetString(18),
                reader.GetString(19), At(20), reader.GetString(21), reader.GetString(9));
            var providers = reader.GetFieldValue<string[]>(22);
            terms.Add(new PaymentTerm(county, reader.GetInt64(0), reader.GetString(1), TermScope.Stored(reader.GetString(3), reader.GetString(4), reader.GetString(8)), reader.GetInt32(5), reader.GetInt32(6),
                reader.IsDBNull(7) ? null : reader.GetInt32(7), TermReader.Figures(reader.GetString(2), JsonElement.Parse(life.Terms), providers).Value, providers, reader.GetBoolean(23), life));
        }
        return terms;
    }

    public object Shown() => new
    {
        TermNo = ScopeNo, RequestNo, Method = Method.Code, Scope.Insutype, Scope.Fund, Providers, FromMonth, ToMonth, EndedMonth, Life.AgreementNo, Life.State, Scope = TermScope.Shown(Scope), Terms = JsonElement.Parse(Life.Terms),
        Life.DraftedBy, DraftedAt = CountyDesk.Time(Life.DraftedAt), ApprovedBy = CountyDesk.Said(Life.ApprovedBy), ApprovedAt = CountyDesk.Time(Life.ApprovedAt), WithdrawnBy = CountyDesk.Said(Life.WithdrawnBy), WithdrawnAt = CountyDesk.Time(Life.WithdrawnAt),
        EndedBy = CountyDesk.Said(Life.EndedBy), EndingApprover = CountyDesk.Said(Life.EndingApprover), EndedAt = CountyDesk.Time(Life.EndedAt), Reason = CountyDesk.Said(Life.Reason),
    };
}

/// <summary>Who did what about terms; empty and null: nobody yet.</summary>
/// <param name="Terms">The method's figures as they were given, JSON.</param>
internal sealed record TermLife(
    string AgreementNo, string State, string DraftedBy, DateTimeOffset DraftedAt, string ApprovedBy, DateTimeOffset? ApprovedAt, string WithdrawnBy, DateTimeOffset? WithdrawnAt,
    string EndedBy, string EndingApprover, DateTimeOffset? EndedAt, string Reason, string Terms);
