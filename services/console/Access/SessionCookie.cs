using System.Globalization;
using System.Security.Claims;
using MedInsure.Hosting.Tenancy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace MedInsure.Console.Access;

/// <summary>The cookie: who signed in, checked against the database at each request and every half minute of an open page, so that a dismissal or a changed role holds at once.</summary>
internal static class SessionCookie
{
    public const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "medinsure";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "to";
        options.ExpireTimeSpan = TimeSpan.FromHours(8);
        options.SlidingExpiration = true;
        options.Events.OnValidatePrincipal = async context =>
        {
            if (context.Principal is { } user && await StillHolds(context.HttpContext.RequestServices.GetRequiredService<TenantDatabases>(), user, context.HttpContext.RequestAborted)) return;
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
        };
    }

    public static ClaimsPrincipal PrincipalOf(ConsoleUser user, string city) => new(new ClaimsIdentity(
    [
        new(ClaimTypes.NameIdentifier, user.Id.ToString(CultureInfo.InvariantCulture)), new(ClaimTypes.Name, user.Name), new(Session.DisplayNameClaim, user.DisplayName), new(ClaimTypes.Role, user.Role),
        new(Session.CityClaim, city), new(Session.PlaceClaim, user.Place), new(Session.TownshipClaim, user.Township), new(Session.ProviderClaim, user.Provider), new(Session.InsurerClaim, user.Insurer),
        new(Session.StampClaim, user.Stamp.ToString()),
    ], Scheme));

    public static async Task<bool> StillHolds(TenantDatabases databases, ClaimsPrincipal user, CancellationToken cancellation)
    {
        var city = user.FindFirstValue(Session.CityClaim) ?? "";
        if (!databases.TenantsOf(ConsoleModule.Service).Any(t => t.Code == city) || !Guid.TryParse(user.FindFirstValue(Session.StampClaim), out var stamp)) return false;
        await using var command = databases.For(city, ConsoleModule.Service).CreateCommand("SELECT 1 FROM console_user WHERE name = $1 AND stamp = $2 AND is_active");
        command.Parameters.Add(new() { Value = user.Identity?.Name ?? "" });
        command.Parameters.Add(new() { Value = stamp });
        return await command.ExecuteScalarAsync(cancellation) is not null;
    }
}

/// <summary>The same for a page that stays open on its connection.</summary>
internal sealed class OpenPageSession(ILoggerFactory logging, TenantDatabases databases) : RevalidatingServerAuthenticationStateProvider(logging)
{
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        authenticationState.User.Identity?.IsAuthenticated != true || await SessionCookie.StillHolds(databases, authenticationState.User, cancellationToken);
}
