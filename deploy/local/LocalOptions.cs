using MedInsure.Local.Sample;

namespace MedInsure.Local;

/// <summary>How a local platform is started. The defaults are those of deploy/up.</summary>
public sealed record LocalOptions
{
    /// <summary>Where data, secrets, sample files and run.json are kept.</summary>
    public required string Folder { get; init; }
    /// <summary>Null: 8080 for operators' desks and imports, 8081 for the gateway, 8082 for gRPC, 8083 for the console, or the next free port above each. 0: any free port.</summary>
    public int? Port { get; init; }
    /// <summary>False, for tests that do not ask for it: the database does not flush to disk; several times faster.</summary>
    public bool Durable { get; init; } = true;
    /// <summary>The generated sample to load at the first start; null: an empty platform.</summary>
    public SampleSize? Sample { get; init; } = new();
    /// <summary>More configuration, over everything else: Section:Key → value.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();
    /// <summary>Split form only: how many processes of a service there are; one of those not named.</summary>
    public IReadOnlyDictionary<string, int> Replicas { get; init; } = new Dictionary<string, int> { ["settlement"] = 2, ["gateway"] = 2 };
    /// <summary>Split form only: the folder with a published folder per service, or with all of them. Null: the programs beside this one.</summary>
    public string? Published { get; init; }
    /// <summary>Where a person reads how far the start is.</summary>
    public TextWriter Output { get; init; } = TextWriter.Null;
}
