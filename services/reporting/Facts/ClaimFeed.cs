using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Reporting.Facts;

/// <summary>Bills of a county's persons, from settlement's journal.</summary>
internal sealed class ClaimFeed(ReportFeed.ReportFeedClient settlement) : Feed("claims", "结算", ["claim_fact", "share_fact"])
{
    // About 2 MB: below gRPC's default of 4.
    private const int ClaimsPerPage = 4_000;

    private const string Columns = """
        seq, idx, part, kind, setl_id, root_setl_id, mdtrt_id, psn_no, fixmedins_code, provider_county, hosp_lv, provider_level, insutype, psn_type, categories, med_type, clr_type, disease_code, disease_kind, fixed_kind,
        off_site, filed, paper, interim, begin_on, end_on, policy_on, settled_on, settled_at, visits, bed_days, total_fen, full_self_pay_fen, over_limit_fen, first_pay_fen, in_scope_fen, deductible_fen, basic_fund_fen,
        civil_servant_fen, enterprise_fen, critical_illness_fen, large_sum_fen, assistance_fen, other_funds_fen, supplement_fen, fund_total_fen, hospital_share_fen, person_share_fen, account_fen, family_account_fen, cash_fen
        """;

    public override async Task<FeedPage> Read(string county, FeedPosition after, bool count, CancellationToken cancellation)
    {
        var page = await settlement.ReadReportClaimsAsync(new ReadReportClaimsRequest { AfterSeq = after.Seq, AfterIdx = after.Idx, Max = ClaimsPerPage, CountBehind = count }, CallTenant.For(county), cancellationToken: cancellation);
        return new FeedPage(after with { Seq = page.ReadSeq, Idx = page.ReadIdx }, page.AtSeq, page.More, page.More && !count ? null : page.Behind, FeedPage.Time(page.BehindSinceMs), page.Claim.Count, writer => Write(writer, page));
    }

    internal static async Task Write(FactWriter writer, ReadReportClaimsReply page)
    {
        await writer.Copy("claim_fact", Columns, page.Claim, (row, c) =>
        {
            var a = c.Amounts;
            row.Bigint(c.Seq).Int(c.Idx).Int(c.Part).Text(c.Kind).Text(c.SetlId).Text(c.RootSetlId).Text(c.MdtrtId).Text(c.PsnNo).Text(c.FixmedinsCode).Text(c.ProviderCounty).Text(c.HospLv).Text(c.ProviderLevel)
                .Text(c.Insutype).Text(c.PsnType).Texts(c.Category).Text(c.MedType).Text(c.ClrType).Text(c.DiseaseCode).Text(c.DiseaseKind).Text(c.FixedKind).Flag(c.OffSite).Flag(c.Filed).Flag(c.Paper).Flag(c.Interim)
                .Day(c.BeginOn).Day(c.EndOn).Day(c.PolicyOn).Day(ChinaCalendar.DayOf(c.AtMs)).Time(DateTimeOffset.FromUnixTimeMilliseconds(c.AtMs)).Int(Visits(c)).Int(BedDays(c))
                .Bigint(a.TotalFen).Bigint(a.FullSelfPayFen).Bigint(a.OverLimitFen).Bigint(a.FirstPayFen).Bigint(a.InScopeFen).Bigint(a.DeductibleFen).Bigint(a.BasicFundFen).Bigint(a.CivilServantFen).Bigint(a.EnterpriseFen)
                .Bigint(a.CriticalIllnessFen).Bigint(a.LargeSumFen).Bigint(a.AssistanceFen).Bigint(a.OtherFundsFen).Bigint(a.SupplementFen).Bigint(a.FundTotalFen).Bigint(a.HospitalShareFen).Bigint(a.PersonShareFen)
                .Bigint(a.AccountFen).Bigint(a.FamilyAccountFen).Bigint(a.CashFen);
        });
        await writer.Copy("share_fact", "seq, idx, part, no, settled_on, rule_id, fund_pay_type, amount_fen", [.. page.Claim.SelectMany(c => c.Share.Select((share, no) => (Claim: c, Share: share, No: no)))], (row, s) =>
            row.Bigint(s.Claim.Seq).Int(s.Claim.Idx).Int(s.Claim.Part).Int(s.No).Day(ChinaCalendar.DayOf(s.Claim.AtMs)).Text(s.Share.RuleId).Text(s.Share.FundPayType).Bigint(s.Share.AmountFen));
        foreach (var merge in page.Merge)
            await writer.Run("UPDATE claim_fact SET psn_no = $4 WHERE county = $1 AND build = $2 AND psn_no = $3 AND (seq, idx) < ($5, $6)", merge.RetiredNo, merge.SurvivingNo, merge.Seq, merge.Idx);
    }

    /// <summary>A stay settled in parts is one visit, by its last bill.</summary>
    internal static int Visits(ReportClaim claim) => claim.Interim ? 0 : claim.Kind switch { "settled" or "restored" => 1, "reversed" => -1, _ => 0 };

    /// <summary>The day of discharge is no bed day, but a stay has one at least (assumed: cost per bed day in seed-facts.md 6.2 divides by stays of 8.2 days without saying how they count).</summary>
    internal static int BedDays(ReportClaim claim) => claim.ClrType == "21" ? Visits(claim) * Math.Max(1, DayNumber.ToDate(claim.EndOn).DayNumber - DayNumber.ToDate(claim.BeginOn).DayNumber) : 0;
}
