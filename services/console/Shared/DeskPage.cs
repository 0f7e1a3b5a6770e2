using MedInsure.Console.Access;
using MedInsure.Console.Audit;
using MedInsure.Console.Desks;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Components;

namespace MedInsure.Console.Shared;

/// <summary>A page at a place: <c>@page "/{At:int}/provider-statements"</c>. The routes have admitted it before it is made, so that <see cref="Here"/> is the user's.</summary>
public abstract class DeskPage : ConsolePart
{
    /// <summary>The division code in the address.</summary>
    [Parameter] public int At { get; set; }
    [CascadingParameter] protected Session User { get; set; } = null!;
    [Inject] protected Desk Desk { get; set; } = null!;
    [Inject] protected AuditLog Log { get; set; } = null!;
    [Inject] protected NavigationManager Navigation { get; set; } = null!;
    [Inject] protected ChinaCalendar Calendar { get; set; } = null!;

    /// <exception cref="InvalidOperationException">The session ended while the page was open.</exception>
    protected Place Here => User.At(At) ?? throw new InvalidOperationException("this place is not the session's");

    /// <summary>An address below this place: <c>Link("/provider-statements/12")</c>.</summary>
    protected string Link(string path) => $"/{At}{path}";
}
