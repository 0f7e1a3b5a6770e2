using MedInsure.Events;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Persons;

namespace MedInsure.Settlement.Tests.Persons;

/// <summary>Merges as enrollment does them: the surviving record has both records' cover and credits, the retired one none.</summary>
internal static class MergeActions
{
    private static long lastMerge;

    /// <summary>Enrollment's word of both records, taken into the table and the writer's memory.</summary>
    public static async Task Announced(this SettlementNode node, string retiredNo, string survivingNo)
    {
        var (retired, surviving) = ((await node.Journal.ReadPerson(retiredNo, default))!.Insured!.Clone(), (await node.Journal.ReadPerson(survivingNo, default))!.Insured!.Clone());
        foreach (var cover in retired.Coverage)
            if (surviving.Coverage.FirstOrDefault(c => c.Insutype == cover.Insutype) is { } own) own.AccountCreditFen += cover.AccountCreditFen;
            else surviving.Coverage.Add(cover);
        surviving.Category.AddRange(retired.Category.Where(c => !surviving.Category.Contains(c)));
        retired.Coverage.Clear();
        retired.Category.Clear();
        retired.MergedInto = survivingNo;
        foreach (var person in new[] { retired, surviving }) person.Version++;
        await node.AddPersons([retired, surviving]);
        foreach (var person in new[] { retired, surviving }) node.Journal.Replace(person);
    }

    public static PersonMerged Merge(this SettlementNode node, string retiredNo, string survivingNo) =>
        new(retiredNo, survivingNo, node.Tenant.Code, Interlocked.Increment(ref lastMerge), 20260630, "重复参保", []);

    public static async Task<Committed> Merged(this SettlementNode node, string retiredNo, string survivingNo)
    {
        await node.Announced(retiredNo, survivingNo);
        return await node.Accepted(FollowMerge.Command(node.Merge(retiredNo, survivingNo)));
    }
}
