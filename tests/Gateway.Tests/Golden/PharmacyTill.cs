using System.Text.Json.Nodes;

namespace MedInsure.Gateway.Tests.Golden;

/// <summary>2102 (or 2101, which tries it) of some packs of the medicine at 10.50, with the personal account.</summary>
internal static class PharmacyTill
{
    // Another one than the golden cases': their totals are theirs.
    private const string Pharmacy = "P23010200906";

    public static Task<HospitalAnswer> Sale(this GoldenPlatform platform, string psnNo, string insutype, int packs, string infno = "2102")
    {
        var (at, total) = (platform.Today.ToString("yyyy-MM-dd") + " 00:00:01", $"{packs * 10.50m:0.00}");
        return platform.System(Pharmacy).Call(infno, new JsonObject
        {
            ["druginfo"] = new JsonObject
            {
                ["psn_no"] = psnNo, ["mdtrt_cert_type"] = "02", ["mdtrt_cert_no"] = platform.Persons[psnNo].Certno, ["begntime"] = at, ["medfee_sumamt"] = total, ["invono"] = "", ["insutype"] = insutype,
                ["acct_used_flag"] = "1", ["med_type"] = "41",
            },
            ["drugdetail"] = new JsonArray(new JsonObject
            {
                ["feedetl_sn"] = "1", ["fee_ocur_time"] = at, ["med_list_codg"] = "G001", ["medins_list_codg"] = "YG001", ["det_item_fee_sumamt"] = total, ["cnt"] = $"{packs}", ["pric"] = "10.50",
                ["bilg_dept_codg"] = "01", ["bilg_dept_name"] = "药房", ["bilg_dr_codg"] = "D1", ["bilg_dr_name"] = "药师", ["hosp_appr_flag"] = "1",
            }),
        }, insuredArea: "230102");
    }
}
