namespace MedInsure.Console.Access;

/// <summary>What a page asks of whoever opens it; checked on the server for each request and each step inside the page. A page without it must say [OpenToAll].</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RequirePermissionAttribute(string permission) : Attribute
{
    public string Permission { get; } = permission;
    /// <summary>The page is of a county, or of a city, or of either; another kind of place has no such page.</summary>
    public PlaceKinds Of { get; init; } = PlaceKinds.County;
}

[Flags]
public enum PlaceKinds
{
    /// <summary>The page is of no place.</summary>
    None = 0,
    County = 1,
    City = 2,
    Either = County | City,
}

/// <summary>A page that anybody may open, signed in or not.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class OpenToAllAttribute : Attribute;

/// <summary>A page that everybody who is signed in may open.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SignedInAttribute : Attribute;
