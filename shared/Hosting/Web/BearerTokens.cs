using System.Security.Cryptography;
using System.Text;
using MedInsure.Kernel;
using Microsoft.Extensions.Configuration;

namespace MedInsure.Hosting.Web;

/// <summary>
/// Who may call: other services with Secrets:ServiceToken, operators' tools with Secrets:OperatorToken, both as authorization: Bearer.
/// A token that is not configured admits nobody. Read at each call, so that a rotated secret holds at once.
/// </summary>
public sealed class BearerTokens(IConfiguration configuration)
{
    public static readonly Refusal NotAuthenticated = new(RefusalKind.Unauthenticated, "auth.not_authenticated", "未提供有效的访问令牌", "no valid access token was sent");

    public bool IsService(string? authorization) => Matches(authorization, configuration["Secrets:ServiceToken"]);
    public bool IsOperator(string? authorization) => Matches(authorization, configuration["Secrets:OperatorToken"]);
    public bool IsServiceOrOperator(string? authorization) => IsService(authorization) || IsOperator(authorization);

    private static bool Matches(string? authorization, string? token)
    {
        const string scheme = "Bearer ";
        if (string.IsNullOrEmpty(token) || authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return false;
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization[scheme.Length..].Trim()), Encoding.UTF8.GetBytes(token));
    }
}
