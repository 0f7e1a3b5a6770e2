using Microsoft.Extensions.Configuration;

namespace MedInsure.Gateway.Calls;

/// <summary>Configuration section Gateway, and the key of the sign-in serial (Secrets:GatewaySignIn, the same for all gateways of a city).</summary>
/// <param name="FamilyInsideAccount">acct_pay holds acct_mulaid_pay as well; else the two stand beside each other and psn_part_amt is both and the cash.</param>
public sealed record GatewayOptions(int BodyBytesMax, TimeSpan Deadline, string SignInKey, CallLimitOptions Limits, bool FamilyInsideAccount)
{
    /// <exception cref="InvalidOperationException">A value is missing or out of range.</exception>
    public static GatewayOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Gateway");
        // 1,000 fee lines of the longest fields are about 1.5 MiB.
        var bytesMax = section.GetValue("BodyBytesMax", 2 * 1024 * 1024);
        // Hospital systems wait 60 s for an answer (national-interface.md section 1): they must hear ours before they give up.
        var seconds = section.GetValue("DeadlineSeconds", 20);
        if (bytesMax is < 1024 or > 64 * 1024 * 1024) throw new InvalidOperationException("configuration Gateway:BodyBytesMax must lie between 1 KiB and 64 MiB");
        if (seconds is < 1 or > 55) throw new InvalidOperationException("configuration Gateway:DeadlineSeconds must lie between 1 and 55");
        var key = configuration["Secrets:GatewaySignIn"] ?? throw new InvalidOperationException("configuration Secrets:GatewaySignIn is missing");
        // Regions differ (national-interface.md section 8, doubt 1).
        var family = section.GetValue("FamilyAccount", "beside");
        if (family is not ("beside" or "inside")) throw new InvalidOperationException("configuration Gateway:FamilyAccount is beside or inside");
        return new GatewayOptions(bytesMax, TimeSpan.FromSeconds(seconds), key, CallLimitOptions.Read(section.GetSection("Limits")), family == "inside");
    }
}
