using System.Collections.Concurrent;

namespace MedInsure.Settlement.Policies;

/// <summary>The policy versions that come with the program. Append-only: a version that was ever loaded stays findable by its hash. What a county adopted beside them: <see cref="CountyPolicies"/>.</summary>
public sealed class PolicyLibrary
{
    private const string Root = "policies/";
    private readonly List<BenefitPolicy> policies = [];
    private readonly Dictionary<BenefitPolicy, string> texts = [];
    private readonly ConcurrentDictionary<string, BenefitPolicy> read = new(StringComparer.Ordinal);

    public IReadOnlyList<BenefitPolicy> All => policies;

    /// <summary>The packs that come with the program.</summary>
    /// <exception cref="PolicyFormatException">A pack cannot be read; names file and line.</exception>
    public static PolicyLibrary LoadEmbedded()
    {
        var library = new PolicyLibrary();
        var assembly = typeof(PolicyLibrary).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Root, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            library.Add(name[Root.Length..], reader.ReadToEnd());
        }
        return library;
    }

    /// <summary>All packs below a folder laid out jurisdiction/scheme.yaml; a later version of a scheme is scheme@version.yaml.</summary>
    public static PolicyLibrary LoadFolder(string folder)
    {
        var library = new PolicyLibrary();
        foreach (var path in Directory.EnumerateFiles(folder, "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            library.Add(Path.GetRelativePath(folder, path).Replace('\\', '/'), File.ReadAllText(path));
        return library;
    }

    /// <summary>Adds a file's policy behind those already there. The same content twice changes nothing.</summary>
    /// <exception cref="PolicyFormatException">The file cannot be read, its name is not its pack's, or its version was published with other content.</exception>
    public BenefitPolicy Add(string file, string text)
    {
        var policy = PolicyReader.Read(file, text);
        var named = file[..^".yaml".Length].Split('@')[0];
        if (policy.Pack != named) throw new PolicyFormatException(file, 1, $"the file is named for '{named}' but holds '{policy.Pack}'");
        if (FindByHash(policy.ContentHash) is { } same) return same;
        if (Find(policy.Pack, policy.Version) is not null)
            throw new PolicyFormatException(file, 1, $"version {policy.Version} of {policy.Pack} exists with other content: a published pack never changes");
        policies.Add(policy);
        texts.Add(policy, PolicyReader.Normal(text));
        return policy;
    }

    /// <summary>A published text as a policy, read once however many counties adopt it. It does not become one of this library's.</summary>
    /// <exception cref="PolicyFormatException">It cannot be read.</exception>
    public BenefitPolicy Read(string text)
    {
        if (read.TryGetValue(text, out var known)) return known;
        return read.GetOrAdd(text, PolicyReader.Read("published policy", text));
    }

    /// <summary>The file of a policy that was added, lines ended by \n.</summary>
    public string TextOf(BenefitPolicy policy) => texts[policy];

    /// <summary>The latest added version of a pack that is in force on the policy date.</summary>
    public BenefitPolicy? FindFor(string pack, DateOnly policyDate)
    {
        for (var i = policies.Count - 1; i >= 0; i--)
            if (policies[i].Pack == pack && policies[i].InForce.Contains(policyDate)) return policies[i];
        return null;
    }

    public BenefitPolicy? Find(string pack, string version) => policies.Find(p => p.Pack == pack && p.Version == version);

    public BenefitPolicy? FindByHash(ReadOnlySpan<byte> contentHash)
    {
        foreach (var policy in policies) if (contentHash.SequenceEqual(policy.ContentHash)) return policy;
        return null;
    }
}
