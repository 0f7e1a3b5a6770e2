using MedInsure.Gateway.Fields;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;

namespace MedInsure.Gateway.Calls;

/// <summary>
/// Which county a request belongs to: the person's home county settles. The envelope's insuplc_admdvs says it; where it is empty, the
/// number of a visit, settlement, filing or audit result, which begins with the code of the county that issued it; else the provider's county.
/// </summary>
public static class HomeCounty
{
    private static readonly string[] IssuedNumbers = ["mdtrt_id", "setl_id", "trt_dcla_detl_sn", "curr_mdtrt_id", "warn_rslt_id"];

    public static Outcome<string> Of(Envelope envelope, IReadOnlyList<Node> nodes, Input input, string providerCounty, TenantDirectory tenants)
    {
        if (envelope.InsuredArea.Length > 0)
            return IsCounty(envelope.InsuredArea, tenants) ? envelope.InsuredArea : GatewayRefusals.UnknownCounty(envelope.InsuredArea);
        foreach (var node in nodes)
        {
            if (input.Rows(node) is [var first, ..] && IssuerOf(node, first, tenants) is { } issuer) return issuer;
        }
        return IsCounty(providerCounty, tenants) ? providerCounty : GatewayRefusals.UnknownCounty(providerCounty);
    }

    private static string? IssuerOf(Node node, Row row, TenantDirectory tenants)
    {
        foreach (var name in IssuedNumbers)
        {
            if (!node.Holds(name)) continue;
            var number = row.Text(name);
            if (number.Length > 6 && IsCounty(number[..6], tenants)) return number[..6];
        }
        foreach (var child in node.Children)
            if (row.Rows(child) is [var first, ..] && IssuerOf(child, first, tenants) is { } issuer) return issuer;
        return null;
    }

    private static bool IsCounty(string code, TenantDirectory tenants) => tenants.Find(code) is { IsCity: false };
}
