using MedInsure.Console.Access;
using MedInsure.Console.Audit;
using MedInsure.Console.Desks;
using MedInsure.Console.Layout;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.FileProviders;

namespace MedInsure.Console;

/// <summary>Registration of the console, which is an application of its own also where the local platform starts it: its pages' addresses are not the services'.</summary>
public static class ConsoleModule
{
    /// <summary>Folder, image, chart template, schema and role share this name.</summary>
    public const string Service = "console";

    public static WebApplicationBuilder AddConsole(this WebApplicationBuilder builder)
    {
        builder.AddPlatform(Service);
        var services = builder.Services;
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddBootstrapBlazor();
        services.AddAuthentication(SessionCookie.Scheme).AddCookie(SessionCookie.Scheme, SessionCookie.Configure);
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, OpenPageSession>();
        services.AddHttpContextAccessor();
        services.AddScoped(SessionOf);
        services.AddDataProtection().SetApplicationName("medinsure-console");
        services.AddSingleton<ProtectionKeys>().AddOptions<KeyManagementOptions>().Configure<ProtectionKeys>((options, keys) => options.XmlRepository = keys);
        services.AddSingleton<SignInUser>().AddSingleton<AuditLog>().AddScoped<Desk>().AddScoped<ServiceDesk>().AddSingleton<ConsoleUsers>();
        services.AddHttpClient("desk", http => http.Timeout = TimeSpan.FromSeconds(30));
        // A file of a million rows takes its time.
        services.AddHttpClient("upload", http => http.Timeout = TimeSpan.FromMinutes(30));
        return builder;
    }

    public static WebApplication MapConsole(this WebApplication app)
    {
        app.Use((http, next) => { SecurityHeaders(http); return next(http); });
        app.UseStatusCodePagesWithReExecute("/status/{0}", createScopeForStatusCodePages: true);
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "console-web")),
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
        });
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<PageGuard>();
        app.UseAntiforgery();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        LanguageChoice.Map(app);
        Pages.Reports.ReportFile.Map(app);
        return app;
    }

    /// <summary>Of a request, its cookie's; of an open page, the one that its connection began with, until that ends.</summary>
    private static Session SessionOf(IServiceProvider services)
    {
        var tenants = services.GetRequiredService<TenantDirectory>();
        if (services.GetRequiredService<IHttpContextAccessor>().HttpContext is { } http && !http.Request.Path.StartsWithSegments("/_blazor")) return new Session(http.User, tenants);
        var provider = services.GetRequiredService<AuthenticationStateProvider>();
        // Completed already: it came with the connection.
        var session = new Session(provider.GetAuthenticationStateAsync().GetAwaiter().GetResult().User, tenants);
        provider.AuthenticationStateChanged += async state => { if ((await state).User.Identity?.IsAuthenticated != true) session.End(); };
        return session;
    }

    /// <summary>Nothing from elsewhere, nothing inside another's page; styles of components are inline.</summary>
    private static void SecurityHeaders(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
    }
}
