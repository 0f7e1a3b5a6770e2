using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.Reference;

/// <summary>One row of the disease lists (import-formats.md, diseases.csv), as published. Both ends of its period are included.</summary>
public sealed class DiseaseRow
{
    internal DiseaseRow(Disease disease, Func<string, string> intern)
    {
        Code = disease.Code;
        Name = disease.Name;
        Kind = intern(disease.Kind);
        Insutype = intern(disease.Insutype);
        From = DayNumber.ToDate(disease.FromOn);
        To = DayNumber.ToOptionalDate(disease.ToOn);
        Amount = new Fen(disease.AmountFen);
        Unit = intern(disease.Unit);
    }

    public string Code { get; }
    public string Name { get; }
    /// <summary>special_outpatient, chronic_outpatient, special_outpatient_child, congenital_heart_child, per_disease, per_eye, delivery.</summary>
    public string Kind { get; }
    public string Insutype { get; }
    public DateOnly From { get; }
    public DateOnly? To { get; }
    /// <summary>Of the fixed kinds; else zero.</summary>
    public Fen Amount { get; }
    public string Unit { get; }

    public bool IsInForceOn(DateOnly day) => day >= From && (To is null || day <= To);
}
