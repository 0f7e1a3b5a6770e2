using System.Text;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Protos.FraudAudit.V1;
using Npgsql;

namespace MedInsure.FraudAudit.Cases;

/// <summary>Another county refers a case about a provider of this one: a lead here, under the referral's number once. What becomes of it, this county's people decide.</summary>
internal static class TakeReferral
{
    public const int SettlementsMax = 500;

    private const int TextMax = 1_000, PeopleMax = 100;

    /// <summary>In order: the referral's form; that the provider is this county's; what opening a case checks.</summary>
    public static async Task<Outcome<TakeReferralReply>> Execute(Tenant county, NpgsqlDataSource database, CaseOffice office, TakeReferralRequest request, CancellationToken cancellation)
    {
        if (!DivisionCode.TryParse(request.HomeCounty, out _) || request.HomeCounty == county.Code || !request.ReferralNo.StartsWith(request.HomeCounty, StringComparison.Ordinal) || !AuditTexts.IsText(request.ReferralNo, 40)
            || !AuditTexts.IsText(request.Text, TextMax) || request.AmountFen < 0 || request.SetlId.Count > SettlementsMax || request.SetlId.Any(s => s.Length is 0 or > 30)
            || !AuditTexts.IsText(request.ReferredBy, PeopleMax) || !AuditTexts.IsText(request.ApprovedBy, PeopleMax)) return CaseRefusals.ReferralInvalid;
        var provider = office.Provider(county.CityCode, request.FixmedinsCode);
        if (provider.Refusal is { } away) return away;
        if (provider.Value?.County != county.Code) return CaseRefusals.ReferralNotOurs;
        // The settlements are the home county's: this one's audit does not have them, its settlement service does. As many as the text holds.
        var by = $"{request.HomeCounty} {request.ReferredBy}";
        var opened = await OpenCase.Open(county, database, office, new($"referral {request.ReferralNo}", by[..Math.Min(by.Length, PeopleMax)], $"{request.HomeCounty}移送，批准人{request.ApprovedBy}", "provider", request.FixmedinsCode, request.Title,
            [new("document", request.ReferralNo, Text(request), request.AmountFen / 100m, null)]), cancellation);
        return opened.Refusal is { } refusal ? refusal : new TakeReferralReply { CaseNo = opened.Value.No(county.Code) };
    }

    private static string Text(TakeReferralRequest request)
    {
        var count = request.SetlId.Count;
        var (head, tail) = ($"{request.Text}（涉及结算{count}笔", "等）");
        if (count == 0 || head.Length + tail.Length > TextMax) return request.Text;
        var text = new StringBuilder(head);
        var listed = 0;
        foreach (var setlId in request.SetlId)
        {
            if (text.Length + 1 + setlId.Length + tail.Length > TextMax) break;
            text.Append(listed++ == 0 ? '：' : '、').Append(setlId);
        }
        return text.Append(listed is 0 || listed == count ? "）" : tail).ToString();
    }
}
