using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Reporting.Facts;

/// <summary>Persons as enrollment has them now: all of them, then who changed.</summary>
internal sealed class PersonFeed(ReportFeed.ReportFeedClient enrollment) : Feed("persons", "参保人员", ["person_fact", "cover_fact", "category_fact"])
{
    private const int PersonsPerPage = 2_000;

    // All persons that a change names.
    private const int WholeChange = int.MaxValue - 1;

    public override FeedPosition Start => new(0, -1, "", []);

    public override async Task<FeedPage> Read(string county, FeedPosition after, bool count, CancellationToken cancellation)
    {
        var copy = after.CopiedKey is not null;
        var page = await enrollment.ReadReportPersonsAsync(new ReadReportPersonsRequest { Copy = copy, AfterPsnNo = after.CopiedKey ?? "", AfterNo = copy ? 0 : after.Seq, AfterIdx = copy ? -1 : after.Idx, Max = PersonsPerPage, CountBehind = count }, CallTenant.For(county), cancellationToken: cancellation);
        // The changes begin where they ended when the copy began, and the copy is over with its last page: whatever changed meanwhile is read again.
        var next = !copy ? after with { Seq = page.ReadNo, Idx = page.ReadIdx }
            : new FeedPosition(after.CopiedKey is "" ? page.AtNo : after.Seq, WholeChange, page.More ? page.Person[^1].PsnNo : null, []);
        return new FeedPage(next, page.AtNo, copy || page.More, page.More && !count ? null : page.Behind, FeedPage.Time(page.BehindSinceMs), page.Events, writer => Write(writer, page, copy));
    }

    /// <param name="fresh">None of them is there yet.</param>
    internal static async Task Write(FactWriter writer, ReadReportPersonsReply page, bool fresh)
    {
        if (!fresh && page.Person.Count > 0)
            foreach (var table in (string[])["person_fact", "cover_fact", "category_fact"])
                await writer.Run($"DELETE FROM {table} WHERE county = $1 AND build = $2 AND psn_no = ANY ($3)", (object)page.Person.Select(p => p.PsnNo).ToArray());
        await writer.Copy("person_fact", "psn_no, gend, birth_on, died_on, household_no, merged_into", page.Person, (row, p) => row.Text(p.PsnNo).Text(p.Gend).Day(p.BirthOn).Day(p.DiedOn).Text(p.HouseholdNo).Text(p.MergedInto));
        await writer.Copy("cover_fact", "psn_no, insutype, from_on, to_on, psn_type, employer_no", [.. page.Person.SelectMany(p => p.Cover.Select(c => (p.PsnNo, Cover: c)))],
            (row, c) => row.Text(c.PsnNo).Text(c.Cover.Insutype).Day(c.Cover.FromOn).Day(c.Cover.ToOn).Text(c.Cover.PsnType).Text(c.Cover.EmployerNo));
        await writer.Copy("category_fact", "psn_no, name, from_on, to_on", [.. page.Person.SelectMany(p => p.Category.Select(c => (p.PsnNo, Category: c)))],
            (row, c) => row.Text(c.PsnNo).Text(c.Category.Name).Day(c.Category.FromOn).Day(c.Category.ToOn));
    }
}
