using System.Collections.Frozen;

namespace MedInsure.Gateway.Fields;

/// <summary>The values a coded field may take; <paramref name="IsLocal"/> admits the ranges the interface leaves to provinces.</summary>
public sealed record CodeList(string Name, FrozenSet<string> Values, Func<string, bool>? IsLocal = null)
{
    public bool Allows(string value) => Values.Contains(value) || IsLocal?.Invoke(value) == true;
}

/// <summary>national-interface.md section 3.</summary>
public static class Codes
{
    public static readonly CodeList OperatorType = Of("opter_type", "1", "2", "3");
    public static readonly CodeList YesNo = Of("flag", "0", "1");
    public static readonly CodeList Visit = Of("mdtrt_cert_type", "01", "02", "03");
    public static readonly CodeList PersonCertificate = Of("psn_cert_type",
        "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17", "90", "91", "99");
    public static readonly CodeList InsuranceType = new("insutype",
        Set("310", "320", "330", "340", "350", "360", "370", "380", "390", "391", "392", "399", "410", "510"),
        static v => v.Length == 5 && v.StartsWith("399", StringComparison.Ordinal) && Digits(v));
    public static readonly CodeList MedicalType = new("med_type",
        Set("11", "12", "13", "14", "140104", "140201", "15", "16", "18", "19", "21", "2101", "2102", "2105", "2106", "2107",
            "22", "23", "24", "25", "26", "27", "28", "41", "51", "52", "53"),
        static v => v.Length == 4 && v.StartsWith("99", StringComparison.Ordinal) && Digits(v));
    public static readonly CodeList SettlementWay = Of("psn_setlway", "01", "02", "0201", "0202");
    public static readonly CodeList DiagnosisType = Of("diag_type", "1", "2", "3");
    public static readonly CodeList DischargeWay = Of("dscg_way", "1", "2", "3", "4", "5", "9");
    public static readonly CodeList Approval = Of("hosp_appr_flag", "0", "1", "2");
    public static readonly CodeList HerbUse = Of("tcmdrug_used_way", "1", "2");
    public static readonly CodeList ProviderType = Of("fixmedins_type", "1", "2");
    public static readonly CodeList ClearingType = new("clr_type", Set("11", "21", "41", "51", "99"),
        static v => v.Length == 4 && v.StartsWith("99", StringComparison.Ordinal) && Digits(v));
    public static readonly CodeList MaternityType = Of("matn_type", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    public static readonly CodeList DiseaseType = Of("dise_type_code", "10", "11", "12", "20", "30", "40", "99");
    public static readonly CodeList Reversible = Of("oinfno", "2102", "2103", "2207", "2207A", "2208", "2304", "2305", "2401");

    public static readonly CodeList StockSettleType = Of("hi_feesetl_type", "0", "1", "2");
    /// <summary>3507: counts, changes, purchases with their returns, sales with theirs.</summary>
    public static readonly CodeList StockDataType = Of("inv_data_type", "1", "2", "3", "4");

    private static FrozenSet<string> Set(params string[] values) => values.ToFrozenSet(StringComparer.Ordinal);
    private static CodeList Of(string name, params string[] values) => new(name, Set(values));
    private static bool Digits(string value) => value.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
}
