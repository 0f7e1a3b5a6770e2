using System.Collections.Concurrent;
using MedInsure.Kernel;

namespace MedInsure.Tool.Hospital;

/// <summary>One row as the hospital's cashier booked it. A settlement undone by 2601 is booked back without a number: 2601 answers none.</summary>
/// <param name="ClearingType">clr_type: 11 outpatient, 21 inpatient, 41 pharmacy.</param>
public sealed record BookedRow(RunProvider Provider, Patient Patient, string ClearingType, string EncounterNo, string SettlementNo, SettlementMoney Money);

/// <summary>Everything the simulated hospitals booked, from the answers alone.</summary>
public sealed class Books
{
    private readonly ConcurrentQueue<BookedRow> rows = new();

    public IReadOnlyList<BookedRow> Rows => [.. rows];

    public void Add(BookedRow row) => rows.Enqueue(row);
}

/// <summary>A person of the sample. One thing at a time happens to a person.</summary>
public sealed class Patient(RunPerson person)
{
    public RunPerson Person { get; } = person;
    public SemaphoreSlim Busy { get; } = new(1, 1);
    /// <summary>Diseases filed by 2503 that are in force.</summary>
    public HashSet<string> Filed { get; } = [];
    public bool InHospital { get; set; }
    /// <summary>What the year had accumulated before this run first touched the person, by cum_type_code; null: not touched.</summary>
    public IReadOnlyDictionary<string, Fen>? AccumulatedBefore { get; set; }
}
