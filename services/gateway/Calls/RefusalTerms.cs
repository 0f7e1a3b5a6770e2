using System.Globalization;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Calls;

/// <summary>
/// Puts a refusal of the services behind into the terms of the request: they name a field (feedetail[0].cnt, rows counted from 0), the
/// window reads 费用明细(feedetail)第1条，数量(cnt)：…
/// </summary>
public static class RefusalTerms
{
    // The services know one name of what admissions call otherwise.
    private static readonly (string Theirs, string Ours)[] OtherNames = [("ipt_otp_no", "ipt_no")];

    public static Refusal Of(Refusal refusal, Transaction? transaction)
    {
        if (refusal.Field is not { Length: > 0 } path || transaction is null) return refusal;
        var (name, row) = Split(path);
        if (Find(transaction, name, row) is not var (node, field)) return refusal;
        var named = refusal.Chinese.Contains($"({field.Name})", StringComparison.Ordinal);
        if (row < 0 || !node.IsList) return named ? refusal : refusal with { Chinese = $"{field.Title}：{refusal.Chinese}", Field = field.Name };
        return refusal with { Chinese = $"{node.Title}第{row + 1}条，{field.Title}：{refusal.Chinese}", Field = $"{node.Name}[{row + 1}].{field.Name}" };
    }

    private static IEnumerable<Node> WithChildren(Node node) => node.Children.SelectMany(WithChildren).Prepend(node);

    private static (string Name, int Row) Split(string path)
    {
        int open = path.IndexOf('[', StringComparison.Ordinal), close = path.IndexOf("].", StringComparison.Ordinal);
        return open > 0 && close > open && int.TryParse(path.AsSpan(open + 1, close - open - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            ? (path[(close + 2)..], row)
            : (path, -1);
    }

    private static (Node Node, Field Field)? Find(Transaction transaction, string name, int row)
    {
        // Which node: a sale's lines are drugdetail, whatever the services call them.
        foreach (var node in transaction.Nodes.SelectMany(WithChildren))
            if (node.IsList == row >= 0 && node.Find(name) is { } field) return (node, field);
        foreach (var node in transaction.Nodes.SelectMany(WithChildren).Append(Envelope.Fields))
            if (node.Find(name) is { } field) return (node, field);
        foreach (var (theirs, ours) in OtherNames)
            if (theirs == name && transaction.Nodes.Select(n => (Node: n, Field: n.Find(ours))).FirstOrDefault(f => f.Field is not null) is { Field: { } other } found) return (found.Node, other);
        return null;
    }
}
