using MedInsure.Enrollment.Persons;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Covers;

/// <summary>What decides over some persons' contributions: their records and periods, for what they are enrolled, what else is paid for them.</summary>
internal sealed class CoverFacts
{
    internal readonly record struct Unborn(string MotherNo, DateOnly ExpectedOn, DateOnly? BornOn, DateOnly? EndedOn);

    private readonly Dictionary<string, string> mergedInto = [];
    private readonly Dictionary<(string, string, int), string> enrolled = [];
    private readonly HashSet<(string PsnNo, string Insutype, int Period)> paid = [];
    private readonly Dictionary<string, Unborn> unborn = [];
    private readonly List<(string PsnNo, string Insutype, int From, int To)> flexible = [];

    private CoverFacts(CoverLedger cover) => Cover = cover;

    public CoverLedger Cover { get; }

    /// <summary>The person that a number means: the record itself, or the one that it was merged into. Null: there is none.</summary>
    public Person? Survivor(string psnNo) => Cover.Find(mergedInto.GetValueOrDefault(psnNo, psnNo));

    /// <returns>The psn_type by which the person is enrolled for the period; null: not enrolled.</returns>
    public string? EnrolledAs(OpenCover.Contribution c) => enrolled.TryGetValue((c.PsnNo, c.Insutype, c.Period), out var own) ? own : enrolled.GetValueOrDefault((mergedInto.GetValueOrDefault(c.PsnNo, c.PsnNo), c.Insutype, c.Period));

    /// <summary>Whether the same period of the person is paid under another of its numbers.</summary>
    public bool IsPaidOtherwise(string survivor, OpenCover.Contribution c) =>
        paid.Any(p => p.Insutype == c.Insutype && p.Period == c.Period && p.PsnNo != c.PsnNo && mergedInto.GetValueOrDefault(p.PsnNo, p.PsnNo) == survivor);

    /// <summary>Whether the person pays for himself in a month (yyyyMM).</summary>
    public bool IsFlexibleWorker(string psnNo, string insutype, int month) => flexible.Exists(f => f.PsnNo == psnNo && f.Insutype == insutype && f.From <= month && month <= f.To);

    public Unborn? Foetus(string psnNo) => unborn.TryGetValue(psnNo, out var found) ? found : null;

    /// <summary>Which of these numbers are, or were, of children expected.</summary>
    public static Task<List<(string PsnNo, Unborn Foetus)>> Foetuses(HeldCounty held, string[] numbers, CancellationToken cancellation) =>
        held.Rows("SELECT psn_no, mother_no, expected_on, born_on, ended_on FROM foetus WHERE psn_no = ANY ($1)",
            r => (r.GetString(0), new Unborn(r.GetString(1), r.GetFieldValue<DateOnly>(2), r.IsDBNull(3) ? null : r.GetFieldValue<DateOnly>(3), r.IsDBNull(4) ? null : r.GetFieldValue<DateOnly>(4))), cancellation, (object)numbers);

    public static async Task<CoverFacts> Read(HeldCounty held, string[] numbers, CancellationToken cancellation)
    {
        // With all numbers of the same persons.
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        await Each("""
            WITH survivor AS MATERIALIZED (SELECT DISTINCT coalesce(merged_into, psn_no) AS psn_no FROM person WHERE psn_no = ANY ($1))
            SELECT p.psn_no, coalesce(p.merged_into, '') FROM person p WHERE p.psn_no = ANY (ARRAY(SELECT psn_no FROM survivor))
            UNION ALL
            SELECT p.psn_no, p.merged_into FROM person p WHERE p.merged_into = ANY (ARRAY(SELECT psn_no FROM survivor))
            """, numbers, r => all[r.GetString(0)] = r.GetString(1));
        string[] every = [.. all.Keys];
        var facts = new CoverFacts(new CoverLedger(await PersonReader.Read(held.Connection, every, cancellation)));
        foreach (var (psnNo, into) in all)
            if (into.Length > 0) facts.mergedInto[psnNo] = into;
        await Each("SELECT psn_no, insutype, year, psn_type FROM enrolment WHERE psn_no = ANY ($1) AND withdrawn_at IS NULL", every, r => facts.enrolled[(r.GetString(0), r.GetString(1), r.GetInt32(2))] = r.GetString(3));
        await Each("SELECT psn_no, insutype, period FROM contribution WHERE psn_no = ANY ($1) AND is_paid", every, r => facts.paid.Add((r.GetString(0), r.GetString(1), r.GetInt32(2))));
        await Each("SELECT psn_no, insutype, from_month, coalesce(to_month, 999912) FROM employment WHERE psn_no = ANY ($1) AND employer_no = ''", every, r => facts.flexible.Add((r.GetString(0), r.GetString(1), r.GetInt32(2), r.GetInt32(3))));
        foreach (var (psnNo, foetus) in await Foetuses(held, every, cancellation)) facts.unborn[psnNo] = foetus;
        return facts;

        Task Each(string sql, string[] of, Action<NpgsqlDataReader> take) => held.Rows(sql, r => { take(r); return true; }, cancellation, (object)of);
    }
}
