using MedInsure.Kernel;

namespace MedInsure.Gateway.Fields;

/// <summary>One checked object of a node. Fields that were empty or missing read as "" or 0.</summary>
public sealed class Row
{
    private readonly Node node;
    private readonly FieldValue[] values;
    private readonly Row[][] children;

    internal Row(Node node, FieldValue[] values, Row[][] children) => (this.node, this.values, this.children) = (node, values, children);

    /// <summary>The rows of a node inside this object, in the order sent.</summary>
    public IReadOnlyList<Row> Rows(Node child)
    {
        for (var i = 0; i < node.Children.Count; i++)
            if (ReferenceEquals(node.Children[i], child)) return children[i];
        throw new InvalidOperationException($"{child.Name} is not inside {node.Name}");
    }

    public bool Has(string name) => values[node.IndexOf(name)].Present;

    /// <summary>A C field's text; of any other field, the text as it was sent.</summary>
    public string Text(string name) => values[node.IndexOf(name)].Text ?? "";

    /// <summary>An N field as a whole number of 10^-decimals: fen for N16.2, ten-thousandths for N16.4, micro-yuan for N16.6.</summary>
    public long Whole(string name) => Of(name, FieldForm.Number);

    public Fen Fen(string name) => new(Whole(name));

    /// <summary>A small count: pages, serial numbers.</summary>
    public int Count(string name) => (int)Whole(name);

    /// <summary>A Time field as unix milliseconds; 0 when not given.</summary>
    public long InstantMs(string name) => Of(name, FieldForm.Time);

    /// <summary>A Day or Time field as yyyyMMdd in China Standard Time; 0 when not given.</summary>
    public int DayNumberOf(string name)
    {
        var at = node.IndexOf(name);
        if (!values[at].Present) return 0;
        return node.Fields[at].Form == FieldForm.Time
            ? DayNumber.Of(DateOnly.FromDateTime(ChinaCalendar.ToLocal(DateTimeOffset.FromUnixTimeMilliseconds(values[at].Number)).DateTime))
            : (int)Of(name, FieldForm.Day);
    }

    /// <summary>A Bytes field; empty when not given.</summary>
    public byte[] BytesOf(string name) => values[node.IndexOf(name)].Content as byte[] ?? [];

    /// <summary>A Texts field; empty when not given.</summary>
    public IReadOnlyList<string> TextsOf(string name) => values[node.IndexOf(name)].Content as List<string> ?? [];

    /// <summary>A 0/1 field; not given counts as 0.</summary>
    public bool Flag(string name) => Text(name) == "1";

    private long Of(string name, FieldForm form)
    {
        var at = node.IndexOf(name);
        if (node.Fields[at].Form != form) throw new InvalidOperationException($"{name} is {node.Fields[at].Form}, not {form}");
        return values[at].Number;
    }
}

/// <param name="Content">The text, or the bytes of a Bytes field.</param>
internal readonly record struct FieldValue(bool Present, object? Content, long Number)
{
    public string? Text => Content as string;
}

/// <summary>The checked input of one request.</summary>
public sealed class Input
{
    private readonly IReadOnlyList<Node> nodes;
    private readonly Row[][] rows;

    internal Input(IReadOnlyList<Node> nodes, Row[][] rows) => (this.nodes, this.rows) = (nodes, rows);

    /// <summary>The rows of a list node, in the order sent.</summary>
    public IReadOnlyList<Row> Rows(Node node)
    {
        for (var i = 0; i < nodes.Count; i++)
            if (ReferenceEquals(nodes[i], node)) return rows[i];
        throw new InvalidOperationException($"{node.Name} is not a node of this transaction");
    }

    public Row One(Node node) => Rows(node)[0];
    public Row? OneOrNone(Node node) => Rows(node) is { Count: > 0 } found ? found[0] : null;
}
