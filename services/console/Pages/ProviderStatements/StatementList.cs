namespace MedInsure.Console.Pages.ProviderStatements;

/// <summary>What /provider-statements answers, as far as the pages show it (services/settlement/ProviderStatements/README.md); money in yuan.</summary>
public sealed record StatementList(IReadOnlyList<StatementItem> Statements);

public sealed record StatementItem(string StatementNo, string FixmedinsCode, string Month, string State, string AcceptedBy, string? FirstReviewer, string? SecondReviewer, string? Approver, string? Payer, string? ChangedAt, string? Reason, decimal? Payable, string? CarriedInto);

public sealed record StatementDetail(
    StatementItem Statement, IReadOnlyList<StatementDetail.SchemeTotal> Totals, IReadOnlyList<StatementDetail.FundTotal> Funds, IReadOnlyList<StatementDetail.Line> Lines, decimal Payable, IReadOnlyList<StatementDetail.Step> History)
{
    public sealed record SchemeTotal(string ClrType, string Insutype, long Rows, long PersonTimes, decimal Total, decimal FullSelfPay, decimal InScope, decimal FundTotal, decimal HospitalShare, decimal Account, decimal FamilyAccount, decimal Cash);

    public sealed record FundTotal(string Fund, decimal Payable);

    public sealed record Line(string Kind, string? DetType, string Fund, decimal Amount, string? Reference, string? Explanation);

    public sealed record Step(string Act, string By, string? At, string? Note);
}
