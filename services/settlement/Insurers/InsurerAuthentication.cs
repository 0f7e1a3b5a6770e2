using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Web;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// Proves an insurer by the token that it signed itself (shared/Protos/insurer/v1/exchange.proto). Public keys: Insurers:&lt;code&gt;:Keys:&lt;kid&gt;, PEM,
/// as many as are good now; read at each call, so that a new or withdrawn key holds at once. Refusals tell a caller nothing, a meter counts their reasons.
/// </summary>
public sealed partial class InsurerAuthentication(IConfiguration configuration, TimeProvider time, ILogger<InsurerAuthentication> logger)
{
    /// <summary>The gRPC service that this opens, and no other.</summary>
    public const string Service = "medinsure.insurer.v1.InsurerExchange";

    /// <summary>The other side's clock may be this wrong.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);
    /// <summary>How long a token may live: one that leaks is of little use.</summary>
    public static readonly TimeSpan LifetimeMax = TimeSpan.FromHours(1);

    private const string Scheme = "Bearer ", Audience = "medinsure";

    private static readonly Meter Meter = new("MedInsure.Insurers");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("medinsure.insurer.authentication.refused", "{call}", "Calls whose token proved no insurer, by reason");
    private static readonly JsonWebTokenHandler Tokens = new() { MapInboundClaims = false };

    /// <exception cref="RpcException">UNAUTHENTICATED auth.not_authenticated.</exception>
    public async ValueTask<string> Authenticate(ServerCallContext context)
    {
        var (caller, reason) = await Prove(context.RequestHeaders.GetValue("authorization"));
        if (caller is null)
        {
            Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
            throw BearerTokens.NotAuthenticated.ToRpcException();
        }
        context.UserState[typeof(InsurerCaller)] = caller;
        return caller.Code;
    }

    /// <returns>The insurer, or why the token proves none.</returns>
    internal async Task<(InsurerCaller? Caller, string Reason)> Prove(string? authorization)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return (null, "missing");
        JsonWebToken token;
        try { token = new JsonWebToken(authorization[Scheme.Length..].Trim()); }
        catch (ArgumentException) { return (null, "malformed"); } // SecurityTokenMalformedException is one as well
        // Extensions that must be understood are not: there are none.
        if (token.Alg != SecurityAlgorithms.EcdsaSha256 || token.TryGetHeaderValue<object>("crit", out _)) return (null, "algorithm");
        if (!Name().IsMatch(token.Issuer) || !Name().IsMatch(token.Kid ?? "") || configuration[$"Insurers:{token.Issuer}:Keys:{token.Kid}"] is not { Length: > 0 } pem) return (null, "unknown_key");
        using var key = PublicKey(pem, token);
        if (key is null) return (null, "unreadable_key");

        var validated = await Tokens.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidIssuer = token.Issuer, // it chose the key
            ValidAudience = Audience,
            ValidateLifetime = false, // below, by our clock
            IssuerSigningKey = new ECDsaSecurityKey(key) { KeyId = token.Kid },
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        });
        if (!validated.IsValid) return (null, validated.Exception is SecurityTokenInvalidAudienceException ? "audience" : "signature");

        var (issued, until, now) = (Utc(token.IssuedAt), Utc(token.ValidTo), time.GetUtcNow());
        if (token.IssuedAt == DateTime.MinValue || token.ValidTo == DateTime.MinValue || string.IsNullOrEmpty(token.Id)) return (null, "claims");
        if (until - issued > LifetimeMax) return (null, "lifetime");
        if (issued > now + ClockSkew || (token.ValidFrom != DateTime.MinValue && Utc(token.ValidFrom) > now + ClockSkew)) return (null, "not_yet_valid");
        if (until <= now - ClockSkew) return (null, "expired");
        return (new InsurerCaller(token.Issuer, until + ClockSkew), "");
    }

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private ECDsa? PublicKey(string pem, JsonWebToken token)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (key.KeySize == 256) return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException) { /* said below */ }
        logger.LogError("Insurers:{Insurer}:Keys:{Kid} is no public key of the curve P-256 in PEM", token.Issuer, token.Kid);
        key.Dispose();
        return null;
    }

    // They become part of a configuration key.
    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Name();
}
