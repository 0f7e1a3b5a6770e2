using System.Text.Json;
using MedInsure.Kernel;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.Queries;
using Npgsql;

namespace MedInsure.Settlement.Runs;

/// <summary>Where a run works: one county.</summary>
internal sealed record RunPlace(TenantJournal Journal, NpgsqlDataSource Database) : LedgerPlace(Journal.Tenant, Database)
{
    public override Task<Refusal?> TablesCurrent(CancellationToken cancellation) => SettlementRows.Current(Journal, cancellation);
}

/// <summary>What a run is to do, checked and complete.</summary>
/// <param name="Subject">Of one kind and subject one run at a time is under way: "380 2026 secondary".</param>
/// <param name="Stored">Kept with the run, shown to operators, and given back to the kind; JSON in snake case.</param>
internal sealed record RunTerms(string Subject, JsonElement Stored);

/// <summary>What a run does to one person, as the tables are now.</summary>
/// <param name="Settlements">How many of the person's settlements (or stays) it is about.</param>
/// <param name="BeforeFen">What was granted or paid so far, in fen; <paramref name="AfterFen"/> what it will be: the difference is what the run books.</param>
/// <param name="ByFund">The difference by fund_pay_type, in fen.</param>
/// <param name="Decide">Books it: decided by the writer, which refuses with <see cref="Refusals.PersonChanged"/> what came too late. Null: there is nothing to book.</param>
internal sealed record RunPerson(int Settlements, long BeforeFen, long AfterFen, IReadOnlyDictionary<string, long> ByFund, Func<DecisionContext, Outcome<JournalRecord>>? Decide)
{
    public static readonly RunPerson Nothing = new(0, 0, 0, new Dictionary<string, long>(), null);
}

/// <summary>
/// A kind of benefit run. <see cref="RunWork"/> does the rest: progress, approval, the person's command under its own request key, going on after a crash or at another replica.
/// </summary>
internal interface IRunKind
{
    string Name { get; }

    /// <summary>Reads what an operator asks for (the body's <c>terms</c>) and completes it.</summary>
    Task<Outcome<RunTerms>> Read(RunPlace place, JsonElement terms, CancellationToken cancellation);

    /// <summary>The persons whom the run may concern, each once, in any order; too many are no harm, one too few is.</summary>
    Task<IReadOnlyCollection<string>> Affected(RunPlace place, JsonElement terms, CancellationToken cancellation);

    /// <summary>Computes one person. Called for the preview, and again when the person is booked.</summary>
    Task<Outcome<RunPerson>> Compute(RunPlace place, string runNo, JsonElement terms, string psnNo, CancellationToken cancellation);

    /// <summary>What a record that a run of this kind booked came to, as <see cref="RunPerson.AfterFen"/> less <see cref="RunPerson.BeforeFen"/> counts it.</summary>
    long BookedFen(JournalRecord record);
}
