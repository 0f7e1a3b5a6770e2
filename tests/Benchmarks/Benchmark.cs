namespace MedInsure.Benchmarks;

/// <summary>One benchmark: deploy/bench NAME. To add one, write its class and put it in the list of Program.cs.</summary>
/// <param name="Run">Reads its own options from the arguments and writes progress to the log (standard error), never to standard output.</param>
public sealed record Benchmark(string Name, string Says, Func<BenchmarkArguments, TextWriter, CancellationToken, Task<BenchmarkReport>> Run);

/// <summary>--name value pairs after the benchmark's name.</summary>
public sealed class BenchmarkArguments(IReadOnlyList<string> words)
{
    private readonly HashSet<string> asked = [];

    public int Number(string name, int otherwise) => Text(name) is not { } text ? otherwise
        : int.TryParse(text, out var value) && value > 0 ? value : throw new ArgumentException($"--{name} takes a whole number above 0, not {text}");

    public string? Text(string name)
    {
        asked.Add("--" + name);
        for (var i = 0; i + 1 < words.Count; i += 2)
            if (words[i] == "--" + name) return words[i + 1];
        return null;
    }

    /// <summary>Call after the last option was read: a mistyped one must not go unnoticed.</summary>
    public void NoOthers()
    {
        for (var i = 0; i < words.Count; i += 2)
            if (!asked.Contains(words[i])) throw new ArgumentException($"unknown option {words[i]}; known are {string.Join(' ', asked.Order())}");
    }
}
