using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MedInsure.Console.Access;
using MedInsure.Console.Audit;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Console.Desks;

/// <summary>
/// All calls of the services' operators' HTTP, for the one who is signed in. A call is about a <see cref="Place"/>, which only the session makes, so no page
/// can ask about another's tenant. A service's "no" comes back as the refusal it is, a service that does not answer as <see cref="Unavailable"/>.
/// Every change is in the audit log before it is sent and after; so is every reading that names a person.
/// Configuration: Services:&lt;service&gt;:Http, the base address; Services:&lt;service&gt;:HttpAddresses:&lt;code&gt; that of one tenant; Secrets:OperatorToken.
/// </summary>
public sealed class Desk(IHttpClientFactory clients, IConfiguration configuration, AuditLog log, Session user)
{
    public static readonly Refusal Unavailable = new(RefusalKind.Unavailable, "desk.unavailable", "服务暂时无法访问,请稍后重试;已填写的内容不会丢失", "The service cannot be reached just now; try again later, what you entered is kept");
    private static readonly Refusal Unreadable = new(RefusalKind.Unavailable, "desk.answer_unreadable", "服务返回了无法识别的内容", "The service sent an answer that cannot be read");
    public static readonly Refusal TooLarge = new(RefusalKind.Exhausted, "desk.file_too_large", "文件过大", "The file is too large");

    public static readonly JsonSerializerOptions Json = new(WebJson.Options)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowReadingFromString,
    };

    /// <summary>Asks.</summary>
    /// <param name="root">One of <see cref="Roots"/>.</param>
    /// <param name="path">What follows root and place: <c>$"/{no}/claims"</c>; each value in it becomes one path segment whatever it holds.</param>
    /// <param name="query">An anonymous object; null and empty values are left out, names are sent as written.</param>
    /// <param name="person">The person whose data this reads; written to the audit log.</param>
    public async Task<Outcome<T>> Get<T>(Place place, DeskRoot root, FormattableString path, object? query = null, string person = "", CancellationToken cancellation = default)
    {
        if (person.Length > 0) await log.Write(user, place.Code, "read", person, root.Path + Text(path), cancellation: cancellation);
        return await Send<T>(place, root, path, () => new HttpRequestMessage(HttpMethod.Get, Url(place, root, path, query)), cancellation);
    }

    /// <summary>Does something. The acting person's name belongs into the body from <see cref="Session.Name"/>, never from a field of a form.</summary>
    /// <param name="subject">What it is done to, for the audit log: a document's or a person's number.</param>
    public async Task<Outcome<T>> Post<T>(Place place, DeskRoot root, FormattableString path, object body, string subject, string reason = "", CancellationToken cancellation = default)
    {
        if (root.IsOfCity && !place.IsCity) return NotThere;
        await log.Write(user, place.Code, $"POST {root.Path}", subject, Text(path), reason, "", cancellation);
        var outcome = await Send<T>(place, root, path, () => new HttpRequestMessage(HttpMethod.Post, Url(place, root, path, null)) { Content = JsonContent.Create(body, body.GetType(), options: Json) }, cancellation);
        await log.Write(user, place.Code, $"POST {root.Path}", subject, Text(path), reason, outcome.Refusal?.Code ?? "ok", CancellationToken.None);
        return outcome;
    }

    /// <summary>Sends a file as it comes (text/csv).</summary>
    public async Task<Outcome<T>> Upload<T>(Place place, DeskRoot root, FormattableString path, object? query, Stream file, string subject, CancellationToken cancellation = default)
    {
        await log.Write(user, place.Code, $"POST {root.Path}", subject, Text(path), "", "", cancellation);
        var outcome = await Send<T>(place, root, path, () => new HttpRequestMessage(HttpMethod.Post, Url(place, root, path, query))
        {
            Content = new StreamContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv", "utf-8") } },
        }, cancellation, "upload");
        await log.Write(user, place.Code, $"POST {root.Path}", subject, Text(path), "", outcome.Refusal?.Code ?? "ok", CancellationToken.None);
        return outcome;
    }

    /// <summary>Fetches a file.</summary>
    public Task<Outcome<DeskFile>> Download(Place place, DeskRoot root, FormattableString path, object? query, CancellationToken cancellation = default) =>
        Send<DeskFile>(place, root, path, () => new HttpRequestMessage(HttpMethod.Get, Url(place, root, path, query)), cancellation);

    private async Task<Outcome<T>> Send<T>(Place place, DeskRoot root, FormattableString path, Func<HttpRequestMessage> make, CancellationToken cancellation, string client = "desk")
    {
        if (!root.IsOfPlace && !(path.ArgumentCount > 0 && Text(path.GetArgument(0)).StartsWith(place.Code, StringComparison.Ordinal))) return NotThere;
        var address = configuration[$"Services:{root.Service}:HttpAddresses:{place.Code}"] ?? configuration[$"Services:{root.Service}:Http"];
        if (string.IsNullOrEmpty(address)) return Unavailable;
        try
        {
            using var http = clients.CreateClient(client);
            http.BaseAddress = new Uri(address);
            using var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", configuration["Secrets:OperatorToken"]);
            request.Headers.Accept.ParseAdd("application/json");
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            if (answer.IsSuccessStatusCode)
            {
                if (answer.StatusCode == HttpStatusCode.NoContent || typeof(T) == typeof(Done)) return (Outcome<T>)(T)(object)Done.Value;
                if (typeof(T) == typeof(DeskFile)) return (Outcome<T>)(T)(object)await DeskFile.Read(answer.Content.Headers, body, cancellation);
                return await JsonSerializer.DeserializeAsync<T>(body, Json, cancellation) is { } value ? value : Unreadable;
            }
            return await RefusalOf(answer, body, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || e is OperationCanceledException && !cancellation.IsCancellationRequested) { return Unavailable; }
        catch (JsonException) { return Unreadable; }
    }

    /// <summary>problem+json as every operators' edge of ours writes it; anything else is a fault of the way between.</summary>
    internal static async Task<Refusal> RefusalOf(HttpResponseMessage answer, Stream body, CancellationToken cancellation)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json") return answer.StatusCode == HttpStatusCode.NotFound ? NotThere : Unavailable;
        using var problem = await JsonDocument.ParseAsync(body, default, cancellation);
        string? Text(string name) => problem.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return new Refusal(Enum.TryParse<RefusalKind>(Text("kind"), out var kind) ? kind : RefusalKind.Unavailable, Text("code") ?? Unavailable.Code, Text("chinese") ?? Unavailable.Chinese, Text("english") ?? Unavailable.English, Text("field"));
    }

    private const string County = "county";
    public static readonly Refusal NotThere = new(RefusalKind.NotFound, "desk.not_there", "没有找到", "There is nothing here");

    /// <summary>Values of the path are escaped, so that none leaves its segment. A city's service is asked by a county about that county alone, whatever the page says.</summary>
    internal static string Url(Place place, DeskRoot root, FormattableString path, object? query)
    {
        var url = $"{root.Path}{(root.IsOfCity ? "/" + place.City : root.IsOfPlace ? "/" + place.Code : "")}{Text(path)}";
        var named = query switch { null => [], IReadOnlyDictionary<string, string> names => names.Select(n => (n.Key, n.Value)), _ => query.GetType().GetProperties().Select(p => (Key: p.Name, Value: Text(p.GetValue(query)))) };
        if (root.IsOfCity && !place.IsCity) named = named.Where(p => p.Key != County).Append((County, place.Code));
        var pairs = named.Where(p => p.Value.Length > 0).Select(p => $"{Uri.EscapeDataString(p.Key)}={Uri.EscapeDataString(p.Value)}").ToList();
        return pairs.Count == 0 ? url : $"{url}?{string.Join('&', pairs)}";
    }

    private static string Text(FormattableString path) => string.Format(CultureInfo.InvariantCulture, path.Format, [.. path.GetArguments().Select(a => Text(a) switch
    {
        // A segment of dots alone would climb.
        "." or ".." => "%20",
        var segment => (object)Uri.EscapeDataString(segment),
    })]);

    private static string Text(object? value) => value switch
    {
        null => "",
        bool b => b ? "true" : "false",
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}

/// <summary>The answer of an act that tells nothing.</summary>
public sealed class Done
{
    private Done() { }
    public static readonly Done Value = new();
}

/// <summary>A file as a service sent it; it is held in memory, so only what services make of bounded size.</summary>
public sealed record DeskFile(string Name, string ContentType, byte[] Content)
{
    internal static async Task<DeskFile> Read(HttpContentHeaders headers, Stream body, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        await body.CopyToAsync(content, cancellation);
        return new((headers.ContentDisposition?.FileNameStar ?? headers.ContentDisposition?.FileName ?? "").Trim('"'), headers.ContentType?.ToString() ?? "application/octet-stream", content.ToArray());
    }
}

/// <summary>Where a service's operators' HTTP of one subject begins; the place's code follows.</summary>
/// <param name="IsOfPlace">False: what follows is a number that begins with the place's code, as /statements/{setl_id}; another place's is answered as unknown.</param>
/// <param name="IsOfCity">The city's code follows; from a county's place only reading is possible, with the parameter county=.</param>
public sealed record DeskRoot(string Service, string Path, bool IsOfPlace = true, bool IsOfCity = false);

/// <summary>The services' desks; each one's folder README.md lists what is below it.</summary>
public static class Roots
{
    public static readonly DeskRoot
        ProviderStatements = new("settlement", "/provider-statements"), ProviderPayments = new("settlement", "/provider-payments"), PaymentTerms = new("settlement", "/payment-terms"), Indicators = new("settlement", "/indicators"),
        Bills = new("settlement", "/statements", IsOfPlace: false), Policies = new("settlement", "/policies"), Runs = new("settlement", "/runs"), PersonPayments = new("settlement", "/person-payments"),
        ManualClaims = new("settlement", "/manual-claims"), Ledger = new("settlement", "/ledger"), Clearing = new("settlement", "/clearing"), Fund = new("settlement", "/fund"),
        FamilyAccounts = new("settlement", "/family-accounts"), Supplements = new("settlement", "/supplements"),
        Enrolment = new("enrollment", "/enrolment"), Billing = new("billing", "/billing"), Audit = new("fraud-audit", "/audit"), Reports = new("reporting", "/reports", IsOfCity: true), Disclosure = new("reporting", "/disclosure");
}
