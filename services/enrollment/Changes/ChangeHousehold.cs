using MedInsure.Enrollment.Identity;
using MedInsure.Enrollment.Persons;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Changes;

/// <summary>A person moves to another household, or to none: by one person, with the reason on file.</summary>
internal static class ChangeHousehold
{
    private const int TextMax = 500, HouseholdMax = 30;

    /// <param name="HouseholdNo">Empty: none.</param>
    public sealed record Order(string? RequestKey, string? PsnNo, string? HouseholdNo, string? Why, string? Evidence, string? By);

    public static async Task<Outcome<PersonChange>> Execute(NpgsqlDataSource database, string county, Order order, DateTimeOffset at, OutboxBell bell, CancellationToken cancellation)
    {
        if (EnrollmentTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (order.HouseholdNo is null || (order.HouseholdNo.Length > 0 && (EnrollmentTexts.Check(order.HouseholdNo, HouseholdMax, "household_no") is not null || order.HouseholdNo != order.HouseholdNo.Trim())))
            return IdentityRefusals.TextInvalid.At("household_no");
        if (EnrollmentTexts.NoReason(order.Why) is { } noReason) return noReason;
        if (order.Evidence is { Length: > 0 } && EnrollmentTexts.Check(order.Evidence, TextMax, "evidence") is { } bad) return bad;
        if (TwoPeople.Name(order.By, "by") is { } nobody) return nobody;
        await using var held = await HeldCounty.Take(database, cancellation);
        if (await PersonChange.Find(held, "request_key = $1", order.RequestKey!, cancellation) is [var known])
            return known.PsnNo == order.PsnNo && known.Kind == "other_data" && known.After.GetValueOrDefault("household_no") == order.HouseholdNo ? known : Refusals.RequestKeyReused.At("request_key");
        var person = await held.Find(order.PsnNo, cancellation);
        if (person.Refusal is { } refusal) return refusal;
        if (person.Value.HouseholdNo == order.HouseholdNo) return ChangeRefusals.NothingChanges;

        await PersonChange.Add(held, order.RequestKey, order.PsnNo!, "other_data", Field(person.Value.HouseholdNo), Field(order.HouseholdNo), order.Why!, order.Evidence ?? "", order.By!, order.By, at, cancellation);
        await held.Run("UPDATE person SET household_no = $2 WHERE psn_no = $1", cancellation, order.PsnNo, order.HouseholdNo);
        await held.Tell([order.PsnNo!], at, cancellation);
        var change = (await PersonChange.Find(held, "request_key = $1", order.RequestKey!, cancellation))[0];
        await held.Commit(county, bell, cancellation);
        return change;
    }

    private static Dictionary<string, string> Field(string householdNo) => new() { ["household_no"] = householdNo };
}
