using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Claims;
using MedInsure.Settlement.Journal;
using Npgsql;

namespace MedInsure.Settlement.Queries;

/// <summary>Shared by the queries: pages, reading claims, and waiting until the tables hold what was answered.</summary>
internal static class SettlementRows
{
    public const string Columns = "c.doc, c.seq, i.doc, r.setl_id";
    public const string From = " FROM claim c LEFT JOIN insured i USING (psn_no) LEFT JOIN claim r ON r.reverses_setl_id = c.setl_id";
    private static readonly TimeSpan ProjectionPatience = TimeSpan.FromSeconds(3);
    private const int PageSizeMax = 1_000, PageSizeDefault = 100;

    /// <summary>The first row's offset and the page's size. Page 0 is page 1; size 0 is the default.</summary>
    public static Outcome<(long Offset, int Size)> Page(int number, int size)
    {
        if (number < 0 || size is < 0 or > PageSizeMax) return Refusals.PageInvalid;
        var rows = size == 0 ? PageSizeDefault : size;
        return ((long)(Math.Max(1, number) - 1) * rows, rows);
    }

    /// <summary>Days of a query, 0 = open.</summary>
    public static Refusal? Days(params ReadOnlySpan<int> days)
    {
        foreach (var day in days)
            if (day != 0 && !DayNumber.IsDay(day)) return Refusals.DayInvalid;
        return null;
    }

    /// <summary>A query must see every settlement that was answered before it was asked.</summary>
    public static async Task<Refusal?> Current(TenantJournal journal, CancellationToken cancellation) =>
        await journal.WaitForTables(ProjectionPatience, cancellation) ? null : Refusals.ProjectionLags;

    public static (JournalRecord Record, SettlementReply Reply) Read(NpgsqlDataReader reader)
    {
        var record = JournalRecord.Parser.ParseFrom(reader.GetFieldValue<byte[]>(0));
        var person = reader.IsDBNull(2) ? null : Person.Parser.ParseFrom(reader.GetFieldValue<byte[]>(2));
        var reply = SettlementRendering.Reply(record, reader.GetInt64(1), person);
        if (!reader.IsDBNull(3)) reply.ReversedBySetlId = reader.GetString(3);
        return (record, reply);
    }
}

/// <summary>A WHERE clause put together from the filters that were given.</summary>
internal sealed class RowFilter
{
    private readonly List<string> conditions = [];
    public List<NpgsqlParameter> Parameters { get; } = [];

    public RowFilter Equal(string column, string value) => value.Length == 0 ? this : Add($"{column} = ", value);
    public RowFilter Add<T>(string condition, T value)
    {
        Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
        conditions.Add($"{condition}${Parameters.Count}");
        return this;
    }

    /// <summary>Instants of whole China days, both ends included; 0 = open.</summary>
    public RowFilter Days(string column, int fromOn, int toOn)
    {
        if (fromOn > 0) Add($"{column} >= ", ChinaCalendar.StartOf(DayNumber.ToDate(fromOn)).UtcDateTime);
        if (toOn > 0) Add($"{column} < ", ChinaCalendar.StartOf(DayNumber.ToDate(toOn).AddDays(1)).UtcDateTime);
        return this;
    }

    public bool IsEmpty => conditions.Count == 0;
    public string Where => conditions.Count == 0 ? "" : " WHERE " + string.Join(" AND ", conditions);

    public NpgsqlCommand Command(NpgsqlDataSource database, string sql) => With(database.CreateCommand(sql));
    public NpgsqlCommand Command(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql) => With(new NpgsqlCommand(sql, connection, transaction));

    private NpgsqlCommand With(NpgsqlCommand command)
    {
        foreach (var parameter in Parameters) command.Parameters.Add(parameter.Clone());
        return command;
    }
}
