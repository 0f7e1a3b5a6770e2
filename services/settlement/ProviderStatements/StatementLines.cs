using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Indicators;
using MedInsure.Settlement.Ledger;
using MedInsure.Settlement.PaymentMethods;

namespace MedInsure.Settlement.ProviderStatements;

/// <summary>A line of a statement: an amount of one fund, with where it comes from. The lines' sum is payable.</summary>
/// <param name="Kind">claim, method, brought_forward, restitution, indicator, deduction, deposit, offset.</param>
/// <param name="DetType">National code of a deduction: 10 review, 20 inspection, 30 prepayment, 40 deposit, 99 other.</param>
internal sealed record StatementLine(string Kind, string DetType, string Fund, long AmountFen, string Reference, string Explanation);

/// <summary>All that a statement is computed from. Money in fen.</summary>
/// <param name="Claims">What the ledger owes for the settlements, by fund.</param>
/// <param name="BroughtForward">What earlier statements left that came to nothing or less.</param>
/// <param name="DepositBp">0: none agreed.</param>
internal sealed record StatementInputs(
    IReadOnlyList<(string Fund, long AmountFen)> Claims, IReadOnlyList<MethodResult> Methods, IReadOnlyList<(string StatementNo, string Fund, long AmountFen)> BroughtForward,
    IReadOnlyList<IndicatorResult> Indicators, IReadOnlyList<EnteredDeduction> Deductions, BasisPoints DepositBp, IReadOnlyList<OpenPrepayment> Prepayments)
{
    /// <summary>Deducted before and given back after an appeal.</summary>
    public IReadOnlyList<(string NoticeNo, string Fund, long AmountFen, string Reason)> Restitutions { get; init; } = [];
}

/// <param name="Kind">review, inspection, other.</param>
internal sealed record EnteredDeduction(string No, string Kind, long AmountFen, string Reason)
{
    public string DetType => Kind switch { "review" => "10", "inspection" => "20", _ => "99" };
}

/// <param name="OpenFen">What of the amount no statement has given back.</param>
internal sealed record OpenPrepayment(string No, string Fund, long AmountFen, long OpenFen, BasisPoints Offset);

/// <summary>
/// What a provider is paid for a month: settlements, what its payment methods give beyond or below, what earlier statements left, less indicators' and people's deductions, the quality deposit of
/// what is left of the benefit (Yh, 003_896aa420924c8ba6.txt), and prepayments. Deductions are borne by the benefit funds as they stand to each other, never by personal accounts or an insurer.
/// </summary>
internal static class StatementLines
{
    /// <summary>Paid from persons' accounts or by an insurer: no benefit of a fund of the agency.</summary>
    private static readonly string[] NoBenefit = [SettlementEntries.AccountFund, FamilyAccounts.Fund, "620100"];

    /// <param name="Left">What deductions may still take, before deposit and prepayments.</param>
    /// <param name="TooMuch">The first deduction that is more than what was left for it; null: none.</param>
    internal readonly record struct Result(IReadOnlyList<StatementLine> Lines, long Left, EnteredDeduction? TooMuch)
    {
        public long PayableFen => Lines.Sum(l => l.AmountFen);
    }

    public static Result Of(StatementInputs inputs)
    {
        var lines = new List<StatementLine>();
        var funds = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (fund, fen) in inputs.Claims) Put("claim", "", fund, fen, "", "本期结算应付");
        foreach (var method in inputs.Methods) Put("method", "", method.Fund, method.PayableFen - method.SettledFen, method.TermNo, method.Explanation);
        foreach (var (no, fund, fen) in inputs.BroughtForward) Put("brought_forward", "", fund, fen, no, $"{no}结转");
        foreach (var (no, fund, fen, reason) in inputs.Restitutions) Put("restitution", "", fund, fen, no, $"{no}申诉退还：{reason}");
        foreach (var indicator in inputs.Indicators.Where(i => i.DeductionFen > 0))
        {
            var fen = Math.Min(indicator.DeductionFen, Left());
            Spread("indicator", "99", fen, indicator.Indicator, fen == indicator.DeductionFen ? indicator.Explanation : $"{indicator.Explanation}；以本期余额{new Fen(fen)}为限");
        }
        EnteredDeduction? tooMuch = null;
        foreach (var deduction in inputs.Deductions)
        {
            if (deduction.AmountFen > Left()) { tooMuch = deduction; break; }
            Spread("deduction", deduction.DetType, deduction.AmountFen, deduction.No, deduction.Reason);
        }
        var left = Left();
        foreach (var (fund, fen) in Benefit())
            Put("deposit", "40", fund, -new Fen(fen).ShareHalfUp(inputs.DepositBp).Value, "", string.Create(CultureInfo.InvariantCulture, $"质量保证金：{new Fen(fen)} × {inputs.DepositBp.Value * 0.01m:0.##}%"));
        foreach (var prepayment in inputs.Prepayments)
        {
            var share = prepayment.Offset == BasisPoints.Full ? prepayment.OpenFen : Math.Min(prepayment.OpenFen, new Fen(prepayment.AmountFen).ShareHalfUp(prepayment.Offset).Value);
            var fen = Math.Min(share, Math.Max(0, funds.GetValueOrDefault(prepayment.Fund)));
            Put("offset", "30", prepayment.Fund, -fen, prepayment.No, $"冲抵预付款{prepayment.No}：预付{new Fen(prepayment.AmountFen)}，冲抵前未冲抵{new Fen(prepayment.OpenFen)}");
        }
        return new Result(lines, left, tooMuch);

        void Put(string kind, string detType, string fund, long fen, string reference, string explanation)
        {
            if (fen == 0) return;
            lines.Add(new StatementLine(kind, detType, fund, fen, reference, explanation));
            funds[fund] = funds.GetValueOrDefault(fund) + fen;
        }

        List<(string Fund, long Fen)> Benefit() => [.. funds.Where(f => f.Value > 0 && !NoBenefit.Contains(f.Key)).Select(f => (f.Key, f.Value))];

        // A fund below zero and an account below zero leave less for all.
        long Left() => Math.Max(0, Math.Min(Benefit().Sum(f => f.Fen), funds.Values.Sum() - funds.Where(f => f.Value > 0 && NoBenefit.Contains(f.Key)).Sum(f => f.Value)));

        // Cut where the parts' sum crosses whole fen: no part is more than its fund has, and together they are the whole.
        void Spread(string kind, string detType, long fen, string reference, string explanation)
        {
            if (fen == 0) return;
            var shares = Benefit();
            var total = shares.Sum(s => s.Fen);
            long sum = 0, taken = 0;
            foreach (var (fund, of) in shares)
            {
                sum += of;
                var upTo = (long)((Int128)fen * sum / total);
                Put(kind, detType, fund, -(upTo - taken), reference, explanation);
                taken = upTo;
            }
        }
    }
}
