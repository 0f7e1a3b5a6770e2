using System.Security.Cryptography;
using System.Text;
using MedInsure.Kernel;
using YamlDotNet.RepresentationModel;

namespace MedInsure.Settlement.Policies;

/// <summary>Reads one pack file. Strict: unknown keys, values without origin or dates, and wrong units are refused with file and line.</summary>
public static class PolicyReader
{
    /// <param name="file">Named in error messages.</param>
    /// <exception cref="PolicyFormatException">The first thing that is wrong.</exception>
    public static BenefitPolicy Read(string file, string text) => Read(new PackReading(file, strict: true), text);

    /// <summary>The text as it is hashed, which must not depend on how a checkout ends its lines.</summary>
    public static string Normal(string text) => text.TrimStart('\uFEFF').Replace("\r\n", "\n");

    /// <summary>A reading that is not strict notes all that is wrong; what it returns then is only fit for looking for more.</summary>
    /// <exception cref="PolicyFormatException">The file is no YAML, or says not even when it is in force.</exception>
    internal static BenefitPolicy Read(PackReading reading, string text)
    {
        var normal = Normal(text);
        var root = PackNode.Parse(reading, normal);
        var (head, scope) = ReadHead(root);

        // The first pass collects every day on which a value begins or has ended; then one set of terms per segment.
        var changes = new SortedSet<DateOnly> { scope.Period.From };
        _ = new TermsReader(root, scope, scope.Period.From, changes).Read();
        var segments = new List<(DateOnly, PolicyTerms)>();
        foreach (var from in changes.Where(scope.Period.Contains))
        {
            // What the first pass found is not said again; what is wrong only later in time is.
            var later = new PackReading(reading.File, strict: false);
            segments.Add((from, new TermsReader(PackNode.Parse(later, normal), scope, from, []).Read()));
            foreach (var problem in later.Problems)
                if (!reading.Problems.Any(p => p.Line == problem.Line)) reading.Note(problem);
        }
        return new BenefitPolicy(
            head.Pack, head.Version, head.Insutype, head.Chinese, head.English, SHA256.HashData(Encoding.UTF8.GetBytes(normal)), scope.Period, segments);
    }

    private static ((string Pack, string Version, string Insutype, string Chinese, string English) Head, PackScope Scope) ReadHead(PackNode root)
    {
        var sources = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        foreach (var (tag, node) in root.Named("sources"))
        {
            sources[tag] = (node.Text("file"), node.Text("title"));
            node.Done();
        }
        var head = (root.Text("pack"), root.Text("version"), root.Text("insutype"), "", "");
        if (root.Try(() => root.Child("name")) is { } name)
        {
            (head.Item4, head.Item5) = (name.Text("zh"), name.Text("en"));
            name.Done();
        }
        var force = root.Child("in_force");
        var scope = new PackScope(sources).With(force);
        force.Done();
        if (scope.Clause is null) force.Wrong("in_force needs a 'source' or 'assumed: true' with a 'reason'");
        // The clause of in_force is about its dates; it is nobody else's origin.
        return (head, scope with { Clause = null });
    }
}

/// <summary>What a value inherits from the blocks around it: dates and origin.</summary>
internal sealed record PackScope(IReadOnlyDictionary<string, (string File, string Title)> Sources)
{
    /// <summary>In the place of an origin that is wrong, so that it is not also missing.</summary>
    public static readonly Clause Unknown = new("", true);

    private DatePeriod? period;

    public DatePeriod Period { get => period ?? throw new InvalidOperationException("no period yet"); init => period = value; }
    public Clause? Clause { get; init; }

    /// <summary>This scope narrowed by a block's own from, to, source, assumed and reason.</summary>
    public PackScope With(PackNode node)
    {
        node.Accept("from", "to");
        var scope = this;
        if (node.Has("from") || node.Has("to") || period is null)
        {
            // An end that is not written down is not the same as no end.
            if (!node.Has("from") || !node.Has("to")) throw node.Error("'from' and 'to' come together; 'to: null' says that there is no end");
            var from = node.OptionalDay("from") ?? throw node.Error("from", "a start date is needed");
            var to = node.OptionalDay("to");
            if (to < from) throw node.Error("to", $"{to:yyyy-MM-dd} lies before the start {from:yyyy-MM-dd}");
            if (period is { } outer && (from < outer.From || (outer.To is { } end && (to is null || to > end))))
                throw node.Error("from", $"{from:yyyy-MM-dd}..{to:yyyy-MM-dd} is not within {outer}");
            scope = scope with { Period = new DatePeriod(from, to) };
        }
        return scope.WithOrigin(node);
    }

    /// <summary>This scope with a block's own source, assumed and reason.</summary>
    public PackScope WithOrigin(PackNode node)
    {
        var scope = this;
        var (source, assumed, reason) = (node.OptionalText("source"), node.OptionalFlag("assumed"), node.OptionalText("reason"));
        if (source is null && assumed is null && reason is null) return scope;
        if (assumed == true)
        {
            if (source is not null) node.Wrong("source", "a value is either from a source or assumed", 0);
            if (reason is null) node.Wrong("an assumed value needs a 'reason'");
            return scope with { Clause = new Clause("假定 assumed: " + reason, true) };
        }
        if (assumed == false || reason is not null) return node.Wrong(assumed is null ? "reason" : "assumed", "'assumed: true' and 'reason' come together", scope with { Clause = Unknown });
        var tag = source!.Split(' ', 2);
        if (tag.Length != 2 || !Sources.TryGetValue(tag[0], out var document))
            return node.Wrong("source", $"'{source}' is not a tag of 'sources' and a place in that document", scope with { Clause = Unknown });
        return scope with { Clause = new Clause($"{document.File} {document.Title}: {tag[1]}", false) };
    }
}
