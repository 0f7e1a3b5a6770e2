using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Insurers;

/// <summary>All contracts with insurers that this process knows; read once at start.</summary>
public sealed class ContractLibrary
{
    private const string Root = "contracts/";
    private readonly Dictionary<string, InsurerContract> byNumber;

    private ContractLibrary(IEnumerable<InsurerContract> contracts)
    {
        All = [.. contracts.OrderBy(c => c.Number, StringComparer.Ordinal)];
        byNumber = All.ToDictionary(c => c.Number);
    }

    public IReadOnlyList<InsurerContract> All { get; }
    public InsurerContract? Find(string number) => byNumber.GetValueOrDefault(number);

    public static ContractLibrary Of(params IEnumerable<InsurerContract> contracts) => new(contracts);

    /// <summary>The contracts that come with the program.</summary>
    /// <exception cref="PolicyFormatException">A file cannot be read, or two hold the same number; names file and line.</exception>
    public static ContractLibrary LoadEmbedded()
    {
        var assembly = typeof(ContractLibrary).Assembly;
        return Read(assembly.GetManifestResourceNames().Where(n => n.StartsWith(Root, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return (name[Root.Length..], reader.ReadToEnd());
        }));
    }

    internal static ContractLibrary Read(IEnumerable<(string File, string Text)> files)
    {
        var contracts = new Dictionary<string, InsurerContract>();
        foreach (var (file, text) in files)
        {
            var contract = ContractReader.Read(file, text);
            if (!contracts.TryAdd(contract.Number, contract)) throw new PolicyFormatException(file, 1, $"contract {contract.Number} stands in another file");
        }
        return new ContractLibrary(contracts.Values);
    }
}
