using MedInsure.Events;
using MedInsure.Kernel;
using MedInsure.Settlement.Ledger;
using Npgsql;

namespace MedInsure.Settlement.Pooling;

/// <summary>Two people of the city decide what a county asked, neither of whom signed it there. An approved allocation is proposed at once; money of the risk adjustment fund is drawn year by year (<see cref="DrawRiskFund"/>).</summary>
internal static class DecideApplication
{
    /// <param name="Decision">approved or refused.</param>
    /// <param name="Amount">Yuan; of the risk fund, less than was asked. Null: what was asked.</param>
    /// <param name="Years">Of the risk fund, in how many years it is drawn; null: 1.</param>
    internal sealed record Order(string? Decision, decimal? Amount, int? Years, string? Reason, string? PreparedBy, string? Approver);

    /// <summary>In order: who, decision, reason, the application, its people, decided before, then what its kind asks for.</summary>
    public static async Task<Outcome<FundApplication>> Execute(LedgerPlace city, string number, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (TwoPeople.Check(order.PreparedBy, "prepared_by", order.Approver) is { } unfit) return unfit;
        if (order.Decision is not (FundApplication.Approved or FundApplication.Refused)) return PoolRefusals.DecisionUnknown;
        if (!CountyDesk.IsReason(order.Reason)) return PoolRefusals.ReasonMissing;
        await using var connection = await city.Database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await LedgerHead.Lock(connection, transaction, cancellation);
        if (await FundApplication.Find(connection, transaction, number, cancellation) is not { } asked) return PoolRefusals.ApplicationUnknown;
        if (asked.People.Any(p => TwoPeople.AreOne(p, order.PreparedBy) || TwoPeople.AreOne(p, order.Approver))) return TwoPeople.SamePerson;
        if (asked.State != FundApplication.Applied)
            return asked.State == order.Decision && asked.Decision == order.Reason!.Trim() && TwoPeople.AreOne(asked.DecidedBy[0], order.PreparedBy) && TwoPeople.AreOne(asked.DecidedBy[1], order.Approver) ? asked : PoolRefusals.ApplicationDecided;
        var decided = asked with { State = order.Decision, DecidedBy = [order.PreparedBy!.Trim(), order.Approver!.Trim()], Decision = order.Reason!.Trim() };
        if (order.Decision == FundApplication.Approved)
        {
            var granted = await Grant(connection, transaction, city, decided, order, calendar, cancellation);
            if (granted.Refusal is { } no) return no;
            decided = granted.Value;
        }
        await decided.Keep(connection, transaction, calendar.UtcNow, cancellation);
        await FundMove.Tell(connection, transaction, number, new FundApplicationDecided(number, decided.County, decided.State, decided.GrantedFen, decided.DecidedBy, decided.Decision, decided.Years), calendar.UtcNow, cancellation);
        await transaction.CommitAsync(cancellation);
        return decided;
    }

    private static async Task<Outcome<FundApplication>> Grant(NpgsqlConnection connection, NpgsqlTransaction transaction, LedgerPlace city, FundApplication asked, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        var granted = asked with { GrantedFen = asked.AmountFen };
        if (asked.Kind == FundApplication.Allocation)
        {
            var lines = asked.Lines.Select(l => new MoveLine(l.Fund, "", "", l.AmountFen)).ToList();
            var begun = await ProposeAllocation.Begin(connection, transaction, city, asked.Number, asked.County, asked.Year, asked.Reason, lines, order.PreparedBy!.Trim(), calendar, cancellation);
            return begun.Refusal is { } no ? no : granted;
        }
        var flows = await FundFlows.Read(connection, city, asked.County, cancellation);
        if (asked.Kind == FundApplication.Budget) return FundSides.AboveFund(asked.Lines, FundSides.HeldBefore(asked.Year, flows)) ? PoolRefusals.BudgetAboveFund : granted;

        if (PoolTerms.Of(city.Tenant.Code).RiskFund is not { } terms) return PoolRefusals.RiskFundNotStated;
        var years = order.Years ?? 1;
        if (years < 1 || years > terms.YearsMax) return PoolRefusals.YearsInvalid;
        var amount = new Fen(asked.AmountFen);
        if (order.Amount is { } yuan && (!Yuan.TryRead(yuan, out amount) || amount <= Fen.Zero || amount.Value > asked.AmountFen)) return PoolRefusals.AmountInvalid;
        if (asked.Lines is not [var line]) return PoolRefusals.LinesInvalid;
        if (await FundApplication.BudgetOf(connection, transaction, asked.County, asked.Year, cancellation) is not { } budget) return PoolRefusals.BudgetMissing;
        var pool = FundSides.PoolOf(line.Fund);
        var abnormal = RiskGrant.AbnormalFen(terms, FundFlows.Expenditure(flows, pool, asked.Year), FundFlows.Budgeted(budget, pool, FundApplication.Expenditure));
        if (abnormal == 0) return PoolRefusals.NotAbnormal;
        // One overspend is made good once, however often it is applied for.
        var given = (await FundApplication.Read(connection, transaction, "WHERE kind = 'risk_fund' AND state = 'approved' AND county = $1 AND year = $2", cancellation, asked.County, asked.Year))
            .Where(a => FundSides.PoolOf(a.Lines[0].Fund) == pool).Sum(a => a.GrantedFen);
        if (amount.Value > abnormal - given) return PoolRefusals.AboveOverspend;
        if (RiskGrant.PartFen(amount.Value, years, 0) > await DrawRiskFund.Room(connection, transaction, terms, line.Fund, calendar.Today.Year, cancellation)) return PoolRefusals.AboveCap;
        return granted with { GrantedFen = amount.Value, Years = years };
    }
}
