using System.Buffers;
using System.Text;
using System.Text.Json;
using MedInsure.Gateway.Calls;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Shapes;

/// <summary>
/// setlinfo and setldetail (national-interface.md 2.4). Everything comes from the stored answer, nothing from the moment of asking:
/// a repeated settlement reads byte for byte like the first one.
/// </summary>
public static class SettlementShape
{
    public const string Nodes = "setlinfo{…}, setldetail[]";

    public static void Write(Call call, SettlementReply s)
    {
        // A code other than 0 stops many systems: what is only a hint stands beside it.
        if (s.WouldBeRefused) call.Warning = s.Warning; else call.Hint = s.Warning;
        call.Output.WriteStartObject("setlinfo");
        WriteInfo(call, s);
        call.Output.WriteEndObject();
        WriteDetail(call.Output, s);
    }

    /// <summary>national-interface.md section 3: psn_type 1102.</summary>
    public static bool IsCivilServant(string psnType) => psnType == "1102";

    /// <summary>The fields of setlinfo; the caller has the object open.</summary>
    public static void WriteInfo(Call call, SettlementReply s)
    {
        var json = call.Output;
        var person = s.Person ?? new InsuredIdentity();
        json.WriteString("mdtrt_id", s.MdtrtId);
        json.WriteString("setl_id", s.SetlId);
        json.WriteString("psn_no", person.PsnNo);
        json.WriteString("psn_name", person.PsnName);
        json.WriteString("psn_cert_type", person.PsnCertType);
        json.WriteString("certno", person.Certno);
        json.WriteString("gend", person.Gend);
        json.WriteString("naty", "");
        json.Day("brdy", person.BirthOn);
        json.Age("age", person.BirthOn, s.PolicyOn);
        json.WriteString("insutype", person.Insutype);
        json.WriteString("psn_type", person.PsnType);
        json.Flag("cvlserv_flag", IsCivilServant(person.PsnType));
        json.Time("setl_time", s.SettledAtMs);
        json.WriteString("mdtrt_cert_type", s.CertificateType);
        json.WriteString("med_type", s.MedType);
        json.Fen("medfee_sumamt", s.TotalFen);
        json.Fen("fulamt_ownpay_amt", s.FullSelfPayFen);
        json.Fen("overlmt_selfpay", s.OverLimitFen);
        json.Fen("preselfpay_amt", s.FirstPayFen);
        json.Fen("inscp_scp_amt", s.InScopeFen);
        json.Fen("act_pay_dedc", s.DeductibleFen);
        json.Fen("hifp_pay", s.BasicFundFen);
        json.Ratio("pool_prop_selfpay", s.PoolRatioBp);
        json.Fen("cvlserv_pay", s.CivilServantFen);
        json.Fen("hifes_pay", s.EnterpriseFen);
        json.Fen("hifmi_pay", s.CriticalIllnessFen);
        json.Fen("hifob_pay", s.LargeSumFen);
        json.Fen("maf_pay", s.AssistanceFen);
        json.Fen("hifdm_pay", 0);
        json.Fen("oth_pay", s.OtherFundsFen);
        json.Fen("fund_pay_sumamt", s.FundTotalFen);
        json.Fen("psn_part_amt", s.PersonShareFen);
        json.Fen("acct_pay", call.AccountPay(s.AccountFen, s.FamilyAccountFen));
        json.Fen("acct_mulaid_pay", s.FamilyAccountFen);
        json.Fen("psn_cash_pay", s.CashFen);
        json.Fen("hosp_part_amt", s.HospitalShareFen);
        json.Fen("balc", s.AccountBalanceFen);
        json.WriteString("medins_setl_id", s.MessageId);
        json.WriteString("clr_optins", person.County);
        json.WriteString("clr_way", "1"); // per item
        json.WriteString("clr_type", s.ClearingType);
    }

    public static void WriteDetail(Utf8JsonWriter json, SettlementReply s)
    {
        json.WriteStartArray("setldetail");
        foreach (var share in s.Share)
        {
            json.WriteStartObject();
            json.WriteString("fund_pay_type", share.FundPayType);
            json.Fen("inscp_scp_amt", share.InScopeFen);
            json.Fen("crt_payb_lmt_amt", share.HasLimitLeftFen ? share.LimitLeftFen : 0);
            json.Fen("fund_payamt", share.AmountFen);
            json.WriteString("fund_pay_type_name", share.Name);
            json.WriteString("setl_proc_info", ProcessText(share));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    // The interface wants the trace as a text of JSON. limit_left stands here only where there is a limit: crt_payb_lmt_amt 0 cannot tell.
    private static string ProcessText(FundShare share)
    {
        var buffer = new ArrayBufferWriter<byte>(160);
        using (var json = new Utf8JsonWriter(buffer, NationalJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("rule", share.RuleId);
            json.Fen("inscp_scp_amt", share.InScopeFen);
            if (share.InScopeFen != 0) json.Ratio("effective_ratio", EffectiveBasisPoints(share));
            if (share.HasLimitLeftFen) json.Fen("limit_left", share.LimitLeftFen);
            json.Fen("fund_payamt", share.AmountFen);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static int EffectiveBasisPoints(FundShare share) =>
        (int)HalfUp.Divide((Int128)share.AmountFen * BasisPoints.Whole * Math.Sign(share.InScopeFen), Math.Abs(share.InScopeFen));
}
