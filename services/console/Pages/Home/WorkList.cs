using System.Text.Json;
using MedInsure.Console.Access;
using MedInsure.Console.Desks;
using MedInsure.Kernel;

namespace MedInsure.Console.Pages.Home;

/// <summary>What waits for somebody, on the first page of everybody who may do something about it: a line here is a link with a count.</summary>
/// <param name="Path">Below the place.</param>
/// <param name="Count">How many wait, up to <see cref="CountMax"/>.</param>
public sealed record WorkList(string Chinese, string English, string Path, string Permission, PlaceKinds Of, Func<Desk, Place, Task<Outcome<int>>> Count)
{
    /// <summary>Nobody's work list needs an exact figure above it, and every service's page holds it.</summary>
    public const int CountMax = 100;

    public static readonly IReadOnlyList<WorkList> All =
    [
        new("结算单:待初审", "Statements to review", "/provider-statements?state=accepted", Permissions.StatementAct, PlaceKinds.County, Statements("accepted")),
        new("结算单:待复审", "Statements for the second review", "/provider-statements?state=first_reviewed", Permissions.StatementAct, PlaceKinds.County, Statements("first_reviewed")),
        new("结算单:待审批", "Statements to approve", "/provider-statements?state=reviewed", Permissions.StatementAct, PlaceKinds.County, Statements("reviewed")),
        new("结算单:待拨付", "Statements to pay", "/provider-statements?state=approved", Permissions.PaymentAct, PlaceKinds.County, Statements("approved")),
    ];

    private static Func<Desk, Place, Task<Outcome<int>>> Statements(string state) => Rows(Roots.ProviderStatements, $"", new { state, page = 1, page_size = CountMax }, "statements");

    /// <summary>The length of an array in a service's answer.</summary>
    private static Func<Desk, Place, Task<Outcome<int>>> Rows(DeskRoot root, FormattableString path, object query, string array) => async (desk, place) =>
        await desk.Get<JsonElement>(place, root, path, query) is { Refusal: null } answer ? answer.Value.GetProperty(array).GetArrayLength() : Desk.Unavailable;
}
