using MedInsure.Kernel;

namespace MedInsure.Settlement.Calculation;

/// <summary>An input of a rule as the statement prints it.</summary>
public readonly record struct TraceInput(string Chinese, string English, string Value);

/// <summary>One rule applied, as the patient's printed statement shows it.</summary>
/// <param name="Clause">The pack's source: document and place, or the reason of an assumed value.</param>
/// <param name="Assumed">True: the value is assumed until the bureau replaces it by its decree.</param>
/// <param name="LeftOfLimit">What is left of the rule's ceiling after this settlement; null = no ceiling.</param>
public sealed record TraceRow(
    string RuleId, string ChineseName, string EnglishName, string Clause, bool Assumed, IReadOnlyList<TraceInput> Inputs, Fen Result, Fen? LeftOfLimit);

/// <summary>Collects the rows of one settlement in the order in which the rules were applied. Deterministic, so it is recomputed on demand, never stored.</summary>
public sealed class Trace
{
    private readonly List<TraceRow> rows = [];

    public IReadOnlyList<TraceRow> Rows => rows;

    internal void Add(TraceRow row) => rows.Add(row);
}
