using System.Globalization;
using System.Text.Json;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Insurers;

/// <summary>What operators read: money in yuan with two decimals, ratios in basis points, days as yyyy-MM-dd, times with their offset.</summary>
internal static class InsurerJson
{
    public static readonly JsonSerializerOptions Options = new(WebJson.Options) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static object Of(Dispute dispute, string? reviewer = null, string? approver = null) => new
    {
        dispute.ContractNo,
        dispute.DisputeNo,
        dispute.SetlId,
        dispute.ReasonCode,
        dispute.Text,
        Disputed = Yuan.Of(dispute.DisputedFen),
        State = DisputeRow.Names[dispute.State],
        RaisedAt = Time(dispute.RaisedAtMs),
        DecidedAt = Time(dispute.DecidedAtMs),
        Adjusted = Yuan.Of(dispute.AdjustedFen),
        dispute.Outcome,
        Reviewer = reviewer,
        Approver = approver,
    };

    public static object Of(PremiumTransfer transfer) => new
    {
        transfer.Year,
        transfer.Number,
        DueOn = Day(transfer.DueOn),
        transfer.Heads,
        transfer.HeadsFixed,
        PerHead = Yuan.Of(transfer.PerHeadFen),
        Premium = Yuan.Of(transfer.PremiumFen),
        Amount = Yuan.Of(transfer.AmountFen),
        Paid = Yuan.Of(transfer.PaidFen),
        PaidOn = Day(transfer.PaidOn),
        transfer.PaymentReference,
        Counties = transfer.County.Select(c => new { c.County, c.Heads, Amount = Yuan.Of(c.AmountFen) }),
    };

    public static object Of(InsurerContract contract, int year, HeadCounts.HeadCount count) => new
    {
        ContractNo = contract.Number,
        Year = year,
        CountedOn = Day(DayNumber.Of(HeadCounts.CountDay(contract, year))),
        Heads = count.Sum,
        Counties = count.ByCounty.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => new { County = c.Key, Heads = c.Value }),
    };

    public static object Of(Reconciliation year) => new
    {
        year.ContractNo,
        year.Year,
        State = year.State.ToString().ToLowerInvariant(),
        year.Version,
        year.Heads,
        PremiumDue = Yuan.Of(year.PremiumDueFen),
        PremiumPaid = Yuan.Of(year.PremiumPaidFen),
        OperatingCost = Yuan.Of(year.OperatingCostFen),
        Claims = Yuan.Of(year.ClaimsFen),
        year.SettlementCount,
        year.ReversalCount,
        Adjusted = Yuan.Of(year.AdjustedFen),
        Balance = Yuan.Of(year.BalanceFen),
        Bands = year.Band.Select(b => new { b.Gain, b.AboveBp, b.UpToBp, b.FundShareBp, Part = Yuan.Of(b.PartFen), Fund = Yuan.Of(b.FundFen) }),
        ToFund = Yuan.Of(year.ToFundFen),
        InsurerResult = Yuan.Of(year.InsurerResultFen),
        OutcomePaid = Yuan.Of(year.OutcomePaidFen),
        Counties = year.County.Select(c => new { c.County, c.SettlementCount, c.ReversalCount, Claims = Yuan.Of(c.ClaimsFen) }),
        year.OpenDisputeCount,
        year.AnswerText,
        year.LastCursor,
        ClosedAt = Time(year.ClosedAtMs),
    };

    public static object Of(ClaimStatement statement) => new
    {
        statement.Month,
        Claims = Yuan.Of(statement.ClaimsFen),
        Adjusted = Yuan.Of(statement.AdjustedFen),
        Due = Yuan.Of(statement.DueFen),
        Received = Yuan.Of(statement.ReceivedFen),
        Difference = Yuan.Of(statement.DifferenceFen),
        Counties = statement.County.Select(c => new { c.County, Claims = Yuan.Of(c.ClaimsFen), Adjusted = Yuan.Of(c.AdjustedFen) }),
        Transfers = statement.Transfer.Select(t => new { t.Reference, Amount = Yuan.Of(t.AmountFen), PaidOn = Day(t.PaidOn) }),
        statement.LastCursor,
        ClosedAt = Time(statement.ClosedAtMs),
    };

    private static string? Day(int day) => day == 0 ? null : DayNumber.ToDate(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    private static string? Time(long ms) => ms == 0 ? null : ChinaCalendar.ToLocal(DateTimeOffset.FromUnixTimeMilliseconds(ms)).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
}
