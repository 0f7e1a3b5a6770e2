using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.BillChecks;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Claims;

/// <summary>Computes what a settlement would give now (2206, 2303, 2101) and changes nothing: no number is taken, no key remembered.</summary>
public static class PreSettleClaim
{
    /// <param name="check">Takes the bill to be checked; null: it is not.</param>
    public static JournalCommand Command(SettleClaimRequest request, CheckTurn? check = null) => SettleClaim.Command(request, changesNothing: true, check: check);
}
