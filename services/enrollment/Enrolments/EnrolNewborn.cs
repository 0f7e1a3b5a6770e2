using MedInsure.Enrollment.Covers;
using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Enrollment.Enrolments;

/// <summary>A newborn, of its mother's household. It may not have an id number yet: then its own number stands in the certificate's place until two people enter the real one.</summary>
internal static class EnrolNewborn
{
    private const string NewbornType = "1401";

    /// <param name="MotherNo">Or in its place household_no.</param>
    public sealed record Order(
        string? RequestKey, string? Insutype, int Year, string? MotherNo, string? HouseholdNo, string? PsnName, string? Gend, DateOnly? BirthOn, string? PsnCertType, string? Certno, string? Why, string? By);

    public static Task<Outcome<EnrolPersons.Answer>> Execute(NpgsqlDataSource database, string county, Settlement.SettlementClient settlement, Order order, ChinaCalendar calendar, OutboxBell bell, CancellationToken cancellation)
    {
        if (EnrolmentRequests.Check(order.RequestKey, order.By, order.Why) is { } unfit) return Refused(unfit);
        if (string.IsNullOrEmpty(order.MotherNo) && string.IsNullOrEmpty(order.HouseholdNo)) return Refused(EnrolRefusals.HouseholdMissing);
        if (order.BirthOn is not { } birth || birth > calendar.Today) return Refused(EnrolRefusals.EventMissing.At("birth_on"));
        var child = Child(order.PsnCertType, order.Certno, order.PsnName, order.Gend, birth);
        if (Check(child, calendar.Today) is { } wrong) return Refused(wrong);
        var enrolment = new EnrolPersons.Order(order.RequestKey, order.Insutype, order.Year, EnrolmentWindows.Newborn, birth, "", false, "", order.Why, order.By, null);
        return EnrolPersons.Enrol(database, county, settlement, "newborn", order, enrolment, calendar, bell, [child], held => Household(held, order, child, cancellation), cancellation);
    }

    internal static Applicant Child(string? certType, string? certno, string? name, string? gend, DateOnly birth) =>
        new(null, string.IsNullOrEmpty(certno) ? Applicant.NoCertificate : certType, certno, name, gend, birth, NewbornType);

    /// <returns>Why nobody can be such a child; null: somebody can.</returns>
    internal static Refusal? Check(Applicant child, DateOnly today) =>
        string.IsNullOrWhiteSpace(child.PsnName) ? EnrolRefusals.FieldMissing.At("psn_name") : (child.Number.Length == 0 ? child with { Certno = "-" } : child).CheckNew(today);

    /// <summary>The mother's, or the one that is named.</summary>
    private static async Task<Outcome<string>> Household(HeldCounty held, Order order, Applicant child, CancellationToken cancellation)
    {
        var householdNo = order.HouseholdNo ?? "";
        if (!string.IsNullOrEmpty(order.MotherNo))
        {
            var mother = await held.Find(order.MotherNo, cancellation);
            if (mother.Refusal is { } refusal) return refusal.At("mother_no");
            if (mother.Value.Gend == "1") return EnrolRefusals.NotFemale;
            if (householdNo.Length > 0 && householdNo != mother.Value.HouseholdNo) return EnrolRefusals.OtherHousehold;
            householdNo = mother.Value.HouseholdNo;
        }
        if (householdNo.Length > 0 && !await EnrolPersons.IsHousehold(held, householdNo, cancellation)) return EnrolRefusals.HouseholdUnknown;
        if (householdNo.Length > 0 && (await held.Rows("SELECT 1 FROM person WHERE household_no = $1 AND psn_name = $2 AND birth_on = $3 AND merged_into IS NULL LIMIT 1", _ => true, cancellation, householdNo, child.PsnName, child.BirthOn!.Value)).Count > 0)
            return EnrolRefusals.NewbornKnown;
        return householdNo;
    }

    private static Task<Outcome<EnrolPersons.Answer>> Refused(Refusal refusal) => Task.FromResult<Outcome<EnrolPersons.Answer>>(refusal);
}
