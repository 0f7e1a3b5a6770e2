using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>A pack as somebody hands it in: read, without an error by lint, for a pack that its scope uses, from a day on which it is in force.</summary>
/// <param name="Text">Lines ended by \n, as it is hashed.</param>
internal sealed record DraftText(string Text, BenefitPolicy Policy, DateOnly EffectiveOn, string Note)
{
    private const int LengthMax = 1024 * 1024, NoteLengthMax = 2_000, VersionLengthMax = 40, ProblemsShown = 20;
    private const string File = "draft.yaml";

    public string Sha256 => Convert.ToHexStringLower(Policy.ContentHash);

    public PolicyRevision Revision(int no) => new(no, Sha256, EffectiveOn, Policy.InForce.To, Note);

    /// <summary>In order: the text's length, what lint finds, the version's length, that the scope uses the pack, the first day, the note.</summary>
    /// <param name="packs">By scheme, the packs that the scope uses.</param>
    public static Outcome<DraftText> Read(string? text, string? effectiveOn, string? note, ILookup<string, string> packs)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > LengthMax || text.Contains('\0', StringComparison.Ordinal)) return Refusals.PolicyTextMissing;
        text = PolicyReader.Normal(text);
        if (PolicyLint.Check(File, text) is { Count: > 0 } problems) return Faulty(problems);
        var policy = PolicyReader.Read(File, text);
        if (policy.Version.Length > VersionLengthMax) return Refusals.PolicyVersionInvalid;
        if (!packs[policy.Insutype].Contains(policy.Pack)) return Refusals.PolicyPackNotUsed;
        var day = policy.InForce.From;
        if (!string.IsNullOrEmpty(effectiveOn) && !CountyDesk.IsDay(effectiveOn, out day)) return Refusals.PolicyDayInvalid;
        if (!policy.InForce.Contains(day)) return Refusals.PolicyDayInvalid;
        if (note is { Length: > NoteLengthMax } || note?.Contains('\0', StringComparison.Ordinal) == true) return Refusals.PolicyNoteTooLong;
        return new DraftText(text, policy, day, note ?? "");
    }

    /// <summary>By scheme, what a county's, or any of a city's counties', bills are settled by.</summary>
    public static ILookup<string, string> PacksOf(string scope, TenantDirectory directory) =>
        directory.All.Where(t => t.Code == scope || t.CityCode == scope).SelectMany(t => t.Packs).Distinct().ToLookup(p => p.Key, p => p.Value);

    private static Refusal Faulty(IReadOnlyList<PolicyFormatException> problems)
    {
        var shown = string.Join('\n', problems.Take(ProblemsShown).Select(p => p.Message));
        var more = problems.Count > ProblemsShown ? $"\n… {problems.Count - ProblemsShown}" : "";
        return Refusals.PolicyFaulty with { Chinese = $"{Refusals.PolicyFaulty.Chinese}（{problems.Count}）\n{shown}{more}", English = $"{Refusals.PolicyFaulty.English} ({problems.Count})\n{shown}{more}" };
    }
}
