using System.Security.Claims;
using MedInsure.Hosting.Tenancy;

namespace MedInsure.Console.Access;

/// <summary>Who is signed in, and which places that opens. Made from the cookie's claims; nothing of it comes from a form or a URL.</summary>
public sealed class Session
{
    private readonly TenantDirectory tenants;
    private volatile bool ended;

    public Session(ClaimsPrincipal user, TenantDirectory tenants)
    {
        this.tenants = tenants;
        if (user.Identity?.IsAuthenticated != true) return;
        string Of(string type) => user.FindFirstValue(type) ?? "";
        (UserId, Name, DisplayName, City, Role, Home) = (long.Parse(Of(ClaimTypes.NameIdentifier), System.Globalization.CultureInfo.InvariantCulture), Of(ClaimTypes.Name), Of(DisplayNameClaim), Of(CityClaim), Of(ClaimTypes.Role), Of(PlaceClaim));
        (Township, Provider, Insurer, Stamp) = (Of(TownshipClaim), Of(ProviderClaim), Of(InsurerClaim), Of(StampClaim));
    }

    internal const string DisplayNameClaim = "display", CityClaim = "city", PlaceClaim = "place", TownshipClaim = "township", ProviderClaim = "provider", InsurerClaim = "insurer", StampClaim = "stamp";

    public bool IsSignedIn => Name.Length > 0 && !ended;
    public long UserId { get; }
    /// <summary>By which services know who acted.</summary>
    public string Name { get; } = "";
    public string DisplayName { get; } = "";
    public string City { get; } = "";
    public string Role { get; } = "";
    /// <summary>The division code the user belongs to.</summary>
    public string Home { get; } = "";
    private string Township { get; } = "";
    private string Provider { get; } = "";
    private string Insurer { get; } = "";
    internal string Stamp { get; } = "";

    /// <summary>Signed out, dismissed or changed elsewhere: from now on nothing is theirs.</summary>
    internal void End() => ended = true;

    public bool May(string permission) => IsSignedIn && Roles.Has(Role, permission);

    /// <summary>The place of a code in a URL; null: none of this user's, which is answered as if it did not exist.</summary>
    public Place? At(int code) => At(code.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public Place? At(string code) =>
        IsSignedIn && tenants.Find(code) is { } tenant && tenant.CityCode == City && (Home == City || Home == code) ? new Place(tenant.Code, tenant.Name, tenant.CityCode, Township, Provider, Insurer) : null;

    /// <summary>All places of the user: a city's user has the city and its counties.</summary>
    public IReadOnlyList<Place> Places => [.. tenants.All.Select(t => At(t.Code)).OfType<Place>()];

    /// <summary>Whether this page may be opened, at this place.</summary>
    /// <param name="at">The code in the URL; null: the page is of no place.</param>
    public Admission Admit(Type page, string? at)
    {
        if (Attribute.IsDefined(page, typeof(OpenToAllAttribute))) return Admission.Admitted;
        if (!IsSignedIn) return Admission.SignInFirst;
        if (Attribute.IsDefined(page, typeof(SignedInAttribute))) return Admission.Admitted;
        if (Attribute.GetCustomAttribute(page, typeof(RequirePermissionAttribute)) is not RequirePermissionAttribute asked) return Admission.NotFound;
        // Somebody else's place first: whether a page exists there is nobody's business.
        if ((at is null) != (asked.Of == PlaceKinds.None)) return Admission.NotFound;
        if (at is not null && (At(at) is not { } place || !asked.Of.HasFlag(place.IsCity ? PlaceKinds.City : PlaceKinds.County))) return Admission.NotFound;
        return May(asked.Permission) ? Admission.Admitted : Admission.NotPermitted;
    }
}

public enum Admission
{
    Admitted,
    SignInFirst,
    NotPermitted,
    NotFound,
}
