using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.Runs;

/// <summary>The persons of a run by number, page by page: what the preview says of each and what was booked.</summary>
internal static class ListRunPersons
{
    public static readonly string[] States = ["pending", "previewed", "nothing", "booked", "failed"];

    internal sealed record Row(string PsnNo, string State, int Settlements, decimal Before, decimal After, decimal Preview, IReadOnlyDictionary<string, decimal> ByFund, decimal Booked, string? Failure);

    internal sealed record Page(long Total, IReadOnlyList<Row> Persons);

    public static async Task<Outcome<Page>> Query(RunPlace place, long number, string? state, string? psnNo, int page, int size, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(state) && !States.Contains(state)) return Refusals.RunPersonStateUnknown;
        var range = SettlementRows.Page(page, size);
        if (range.Refusal is { } badPage) return badPage;
        var filter = new RowFilter().Add("number = ", number).Equal("psn_no", psnNo ?? "");
        if (state == "failed") filter.Add("failure <> ", "");
        else filter.Equal("state", state ?? "");
        await using var count = filter.Command(place.Database, "SELECT count(*) FROM benefit_run_person" + filter.Where);
        var total = (long)(await count.ExecuteScalarAsync(cancellation))!;
        await using var command = filter.Command(place.Database,
            $"SELECT psn_no, state, settlements, before_fen, after_fen, preview_fen, funds::text, booked_fen, failure FROM benefit_run_person{filter.Where} ORDER BY psn_no OFFSET {range.Value.Offset} LIMIT {range.Value.Size}");
        var persons = new List<Row>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            persons.Add(new Row(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), Yuan.Of(reader.GetInt64(3)), Yuan.Of(reader.GetInt64(4)), Yuan.Of(reader.GetInt64(5)),
                JsonSerializer.Deserialize<Dictionary<string, long>>(reader.GetString(6))!.ToDictionary(f => f.Key, f => Yuan.Of(f.Value)), Yuan.Of(reader.GetInt64(7)),
                reader.GetString(8) is { Length: > 0 } failure ? failure : null));
        return new Page(total, persons);
    }
}
