using System.Collections.Frozen;

namespace MedInsure.Gateway.Fields;

/// <summary>A node of a transaction's input: one object, or a list of objects of the same fields.</summary>
public sealed class Node
{
    private readonly FrozenDictionary<string, int> index;
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> byName;

    private Node(string name, string label, int rowsMin, int rowsMax, bool isList, Field[] fields)
    {
        (Name, Label, RowsMin, RowsMax, IsList, Fields) = (name, label, rowsMin, rowsMax, isList, fields);
        index = fields.Select((f, i) => KeyValuePair.Create(f.Name, i)).ToFrozenDictionary(StringComparer.Ordinal);
        byName = index.GetAlternateLookup<ReadOnlySpan<char>>();
        NameLengthMax = fields.Max(f => f.Name.Length);
    }

    public string Name { get; }
    public string Label { get; }
    public int RowsMin { get; }
    public int RowsMax { get; }
    public bool IsList { get; }
    public IReadOnlyList<Field> Fields { get; }
    /// <summary>Nodes inside each object of this one.</summary>
    public IReadOnlyList<Node> Children { get; private init; } = [];
    internal int NameLengthMax { get; }

    /// <summary>费用明细(feedetail)</summary>
    public string Title => $"{Label}({Name})";

    /// <summary>Exactly one object.</summary>
    public static Node One(string name, string label, params Field[] fields) => new(name, label, 1, 1, isList: false, fields);

    /// <summary>One object or none.</summary>
    public static Node Optional(string name, string label, params Field[] fields) => new(name, label, 0, 1, isList: false, fields);

    /// <summary>A list of 1 to <paramref name="rowsMax"/> objects. A lone object where a list belongs is taken as a list of one.</summary>
    public static Node Many(string name, string label, int rowsMax, params Field[] fields) => new(name, label, 1, rowsMax, isList: true, fields);

    /// <summary>A list of 0 to <paramref name="rowsMax"/> objects; the node may be missing.</summary>
    public static Node Any(string name, string label, int rowsMax, params Field[] fields) => new(name, label, 0, rowsMax, isList: true, fields);

    /// <summary>The same node with nodes inside it.</summary>
    public Node With(params Node[] children) => new(Name, Label, RowsMin, RowsMax, IsList, [.. Fields]) { Children = children };

    internal int IndexOf(ReadOnlySpan<char> name) => byName.TryGetValue(name, out var at) ? at : -1;

    internal Field? Find(string name) => index.TryGetValue(name, out var at) ? Fields[at] : null;
    internal bool Holds(string name) => index.ContainsKey(name);

    /// <exception cref="KeyNotFoundException">The table has no such field: a mistake in the transaction's code.</exception>
    internal int IndexOf(string name) => index[name];
}
