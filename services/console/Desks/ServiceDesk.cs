using System.Net.Http.Headers;
using System.Text.Json;
using MedInsure.Console.Access;
using MedInsure.Console.Audit;
using MedInsure.Kernel;

namespace MedInsure.Console.Desks;

/// <summary>What operations asks of a service as a whole, of no tenant: its health, and the messages it could not handle. Nobody without the permission gets an answer.</summary>
public sealed class ServiceDesk(IHttpClientFactory clients, IConfiguration configuration, AuditLog log, Session user)
{
    private static readonly Refusal NotPermitted = new(RefusalKind.Denied, "desk.not_permitted", "您的角色没有此权限", "Your role may not do this");

    /// <summary>The services whose operators' HTTP this console knows, by name.</summary>
    public IReadOnlyList<string> Services => [.. configuration.GetSection("Services").GetChildren().Where(s => s["Http"] is { Length: > 0 }).Select(s => s.Key).Order(StringComparer.Ordinal)];

    /// <summary>Where several services share an address, as in the local platform, what is asked of one is the answer of all.</summary>
    public IReadOnlyList<string> Distinct => [.. Services.GroupBy(s => configuration[$"Services:{s}:Http"]).Select(g => g.First())];

    public Task<Outcome<JsonElement>> Get(string service, string path, string permission) => Send(service, permission, () => new HttpRequestMessage(HttpMethod.Get, path));

    public async Task<Outcome<JsonElement>> Post(string service, string path, object body, string permission, string subject, string reason = "")
    {
        if (!user.May(permission)) return NotPermitted;
        await log.Write(user, user.Home, $"POST {path}", subject, service, reason);
        var outcome = await Send(service, permission, () => new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, body.GetType(), options: Hosting.Web.WebJson.Options) });
        await log.Write(user, user.Home, $"POST {path}", subject, service, reason, outcome.Refusal?.Code ?? "ok");
        return outcome;
    }

    private async Task<Outcome<JsonElement>> Send(string service, string permission, Func<HttpRequestMessage> make)
    {
        if (!user.May(permission)) return NotPermitted;
        if (!Services.Contains(service)) return Desk.NotThere;
        try
        {
            using var http = clients.CreateClient("desk");
            http.BaseAddress = new Uri(configuration[$"Services:{service}:Http"]!);
            using var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", configuration["Secrets:OperatorToken"]);
            using var answer = await http.SendAsync(request);
            await using var body = await answer.Content.ReadAsStreamAsync();
            // Health says what is wrong with 503.
            return answer.IsSuccessStatusCode || answer.Content.Headers.ContentType?.MediaType == "application/json" ? await JsonSerializer.DeserializeAsync<JsonElement>(body) : await Desk.RefusalOf(answer, body, CancellationToken.None);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or JsonException) { return Desk.Unavailable; }
    }
}
