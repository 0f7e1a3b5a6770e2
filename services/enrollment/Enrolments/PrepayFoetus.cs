using MedInsure.Enrollment.Covers;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>A child expected in the covered year is enrolled and paid for before the year (a foetus due in the funding year must be prepaid, 000_55dbde39a5535a1d.txt); covered from its birth.</summary>
internal static class PrepayFoetus
{
    private const string UnknownSex = "0";
    private const int NameMax = 50;

    /// <param name="Twin">The mother has another one enrolled for this birth.</param>
    public sealed record Order(string? RequestKey, string? Insutype, string? MotherNo, DateOnly? ExpectedOn, bool Twin, string? Why, string? By);

    public static async Task<Outcome<EnrolPersons.Answer>> Execute(NpgsqlDataSource database, string county, Settlement.SettlementClient settlement, Order order, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        if (EnrolmentRequests.Check(order.RequestKey, order.By, order.Why) is { } unfit) return unfit;
        if (order.ExpectedOn is not { } expected || expected <= calendar.Today || expected > calendar.Today.AddDays(EnrolRefusals.ExpectedDaysMax)) return EnrolRefusals.ExpectedInvalid;
        if (string.IsNullOrEmpty(order.MotherNo)) return Refusals.NumberMissing.At("mother_no");
        var name = "";
        await using (var look = await database.OpenConnectionAsync(cancellation))
            if (await Persons.PersonReader.Read(look, [order.MotherNo], cancellation) is [var known]) name = known.PsnName;
        // A name on file until there is one: whose it is.
        var child = new Applicant(null, Applicant.NoCertificate, "", $"{(name.Length > NameMax - 3 ? name[..(NameMax - 3)] : name)}之胎儿", UnknownSex, expected, "1401");
        var enrolment = new EnrolPersons.Order(order.RequestKey, order.Insutype, expected.Year, EnrolmentWindows.Foetus, expected, "", false, "", order.Why, order.By, null);
        return await EnrolPersons.Enrol(database, county, settlement, "foetus", order, enrolment, calendar, bell, [child], async held =>
        {
            var mother = await held.Find(order.MotherNo, cancellation);
            if (mother.Refusal is { } refusal) return refusal.At("mother_no");
            if (mother.Value.DiedOn != 0) return CoverRefusals.PersonDead.At("mother_no");
            if (mother.Value.Gend == "1") return EnrolRefusals.NotFemale;
            if (!order.Twin && (await held.Rows("SELECT 1 FROM foetus WHERE mother_no = $1 AND born_on IS NULL AND ended_on IS NULL", _ => true, cancellation, order.MotherNo)).Count > 0) return EnrolRefusals.FoetusKnown;
            return mother.Value.HouseholdNo;
        }, cancellation, (held, psnNo) => held.Run("INSERT INTO foetus (psn_no, mother_no, expected_on) VALUES ($1, $2, $3)", cancellation, psnNo, order.MotherNo, expected));
    }
}
