using MedInsure.Local.Sample;

namespace MedInsure.Local;

/// <summary>How a one-process platform is started. The defaults are those of deploy/up.</summary>
public sealed record LocalOptions
{
    /// <summary>Where data, secrets, sample files and run.json are kept.</summary>
    public required string Folder { get; init; }
    /// <summary>Null: 8080 for people and imports, 8081 for the gateway, 8082 for gRPC, or the next free port above each. 0: any free port.</summary>
    public int? Port { get; init; }
    /// <summary>False, for tests that do not ask for it: the database does not flush to disk; several times faster.</summary>
    public bool Durable { get; init; } = true;
    /// <summary>The generated sample to load at the first start; null: an empty platform.</summary>
    public SampleSize? Sample { get; init; } = new();
    /// <summary>More configuration, over everything else: Section:Key → value.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();
    /// <summary>Where a person reads how far the start is.</summary>
    public TextWriter Output { get; init; } = TextWriter.Null;
}
