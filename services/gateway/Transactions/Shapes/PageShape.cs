using System.Text.Json;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>Paging as the catalog queries do it: page_num from 1, page_size of at most 1,000; the answer says what it used.</summary>
public readonly record struct PageShape(int Number, int Size)
{
    public const int SizeMax = 1_000, SizeDefault = 100;

    public static readonly Field NumberField = N("page_num", "当前页数", 4);
    public static readonly Field SizeField = N("page_size", "本页数据量", 4);

    public static PageShape Of(Row row) => new(
        Math.Max(1, row.Count("page_num")),
        row.Count("page_size") is var size and > 0 ? Math.Min(size, SizeMax) : SizeDefault);

    public void Write(Utf8JsonWriter json, int total)
    {
        json.Count("recordCounts", total);
        json.Count("pages", (total + Size - 1) / Size);
        json.Count("pageNum", Number);
        json.Count("pageSize", Size);
    }
}
