namespace MedInsure.Reporting.Reports;

/// <summary>How the codes of a dimension are called: by a list, or as places, providers or persons' numbers are.</summary>
internal sealed record CodeNames(string Kind, IReadOnlyDictionary<string, (string Zh, string En)> List)
{
    private static readonly Dictionary<string, (string, string)> None = [];

    public static readonly CodeNames Plain = new("plain", None), Place = new("place", None), Provider = new("provider", None);

    public static CodeNames Of(params (string Code, string Zh, string En)[] list) => new("list", list.ToDictionary(l => l.Code, l => (l.Zh, l.En)));
}
