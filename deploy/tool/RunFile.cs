using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MedInsure.Tool;

/// <summary>deploy/.local/run.json, which the local platform writes: where it listens, and whom of its sample one may play. Holds secrets: mode 0600.</summary>
/// <param name="Desks">The operators' HTTP of all services, imports among it.</param>
/// <param name="Console">Where people sign in, as one of the operators.</param>
/// <param name="OperatorToken">Of the import endpoints.</param>
/// <param name="ServiceToken">Of the services' own calls (gRPC).</param>
public sealed record RunFile(
    string Gateway, string Desks, string Grpc, string Console, string OperatorToken, string ServiceToken,
    IReadOnlyList<RunTenant> Tenants, IReadOnlyList<RunProvider> Providers, IReadOnlyList<RunPerson> Persons, IReadOnlyList<RunDisease> Diseases,
    IReadOnlyList<RunOperator> Operators, IReadOnlyList<RunInsurer> Insurers)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    /// <exception cref="ToolException">The file is missing or of another form.</exception>
    public static RunFile Read(string path)
    {
        try { return JsonSerializer.Deserialize<RunFile>(File.ReadAllText(path), Options)!; }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException) { throw new ToolException($"{path}: {e.Message}; is the platform running? start it with deploy/up", e); }
    }

    public string ToJson() => JsonSerializer.Serialize(this, Options);

    public RunTenant TenantOf(string county) => Tenants.First(t => t.County == county);
}

public sealed record RunTenant(string County, string Name, string City, string CityName, IReadOnlyDictionary<string, string> Packs);

public sealed record RunProvider(string FixmedinsCode, string FixmedinsName, string FixmedinsType, string HospLv, string PolicyLevel, string County, string Paasid, string Token)
{
    /// <summary>Of all sample doctors who are their hospital's first.</summary>
    public const string DoctorName = "李医生";

    /// <summary>The first doctor of a hospital; others count on. A pharmacy's sales name one who is in no register: nobody asks for a pharmacy's doctor.</summary>
    [JsonIgnore]
    public string DoctorCode => DoctorOf(FixmedinsCode, 1);

    public static string DoctorOf(string fixmedinsCode, int number) => string.Create(CultureInfo.InvariantCulture, $"D{fixmedinsCode[1..]}{number:D2}");
}

/// <param name="CoverTo">yyyy-MM-dd; empty: insured until further notice.</param>
public sealed record RunPerson(string PsnNo, string Certno, string PsnName, string Gend, string County, string Insutype, string PsnType, IReadOnlyList<string> Categories, string CoverTo);

public sealed record RunDisease(string Code, string Name, string Kind, string Insutype, string City);

/// <summary>Somebody who may sign in to the console.</summary>
/// <param name="County">The place: a county or a city.</param>
public sealed record RunOperator(string User, string Password, string Role, string County);

/// <summary>What an insurer knows: its own key, with which it signs its tokens, and the platform's, with which it checks who calls. PEM.</summary>
public sealed record RunInsurer(string Code, string Kid, string PrivateKey, string PlatformPublicKey);

/// <summary>What went wrong, as a person should read it; the tool ends with it and without a stack trace.</summary>
public sealed class ToolException : Exception
{
    public ToolException(string message) : base(message) { }
    public ToolException(string message, Exception inner) : base(message, inner) { }
    public ToolException() { }
}
