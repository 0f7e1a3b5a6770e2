using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Supplements;

/// <summary>What an insurer says that its policy pays of a bill.</summary>
/// <param name="DecisionNo">Its own number.</param>
/// <param name="Text">For the bill, in Chinese: why this amount.</param>
public sealed record InsurerDecision(string DecisionNo, Fen Amount, string Text);

/// <summary>A bill as it would settle without the policy: what the insurer is asked about.</summary>
/// <param name="Quote">Of a document that is in no journal yet, or of the pending settlement.</param>
public sealed record SupplementQuestion(InsurerContract Contract, string County, string PsnNo, Calculation.Supplement Supplement, SettledClaim Quote);

/// <summary>
/// One bill between the writer's decision and the insurer of the person's policy. The decision calls nobody: it leaves a question here and is not journaled;
/// whoever submitted it asks, and submits the command again with the answer.
/// </summary>
public sealed class SupplementTurn
{
    private (SupplementQuestion Question, InsurerDecision Decision)? answer;
    private bool over;

    /// <summary>Set by the decision; null: it needed none.</summary>
    public SupplementQuestion? Question { get; private set; }

    /// <param name="decision">Null: there is none, and the bill settles without.</param>
    /// <param name="last">A bill that changed meanwhile is not asked about once more.</param>
    public void Answer(InsurerDecision? decision, bool last)
    {
        answer = decision is null ? null : (Question!, decision);
        over = last || decision is null;
        Question = null;
    }

    /// <summary>The policy that may pay of a bill: one consent in force on the policy date, of a contract that covers county, scheme and date, and something left to the person.</summary>
    internal static Calculation.Supplement? Open(DecisionContext context, SettleClaimRequest request, PersonState person, SettledClaim claim)
    {
        if (person.ConsentOn(claim.Facts.PolicyOn) is not { } consent || claim.Amounts.PersonShareFen == 0) return null;
        if (context.Contracts.Find(consent.ContractNo) is not { Supplement: not null } contract || !contract.Covers(context.Tenant.Code, request.Insutype, DayNumber.ToDate(claim.Facts.PolicyOn))) return null;
        return new Calculation.Supplement(contract.Number, contract.Insurer, consent.PolicyNo, contract.FundPayType, contract.ChineseName, BillId(request.Key), null, Fen.Zero, "");
    }

    /// <summary>True: the insurer must be asked (again) first.</summary>
    internal bool Asks(DecisionContext context, string psnNo, SettledClaim claim, Calculation.Supplement supplement)
    {
        if (answer is { } given && !IsAbout(given.Question, claim, supplement)) answer = null;
        if (answer is not null || over) return false;
        Question = new SupplementQuestion(context.Contracts.Find(supplement.ContractNo)!, context.Tenant.Code, psnNo, supplement, claim);
        return true;
    }

    internal Calculation.Supplement Answered(Calculation.Supplement supplement) =>
        answer is { } given ? supplement with { DecisionNo = given.Decision.DecisionNo, Authorized = given.Decision.Amount, Text = given.Decision.Text } : supplement;

    // Another settlement or a change of consent may have come between: an answer holds for what it was asked about.
    private static bool IsAbout(SupplementQuestion question, SettledClaim claim, Calculation.Supplement supplement) =>
        question.Supplement == supplement && question.Quote.Amounts.TotalFen == claim.Amounts.TotalFen && question.Quote.Amounts.PersonShareFen == claim.Amounts.PersonShareFen;

    /// <summary>The same for every attempt to settle the bill, and for the late one.</summary>
    private static string BillId(RequestKey key) => $"{key.Sender}-{key.MessageId}";
}
