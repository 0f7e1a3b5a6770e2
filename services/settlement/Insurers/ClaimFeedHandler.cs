using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Settlement.Insurers;

/// <summary>At a city: writes what its counties settled, reversed, caught up and corrected into the streams of the contracts that bear a part of it.</summary>
public sealed class ClaimFeedHandler(ContractLibrary contracts, PersonKey keys) : IEventHandler<ClaimSettled>, IEventHandler<SupplementCaughtUp>, IEventHandler<ClaimCorrected>
{
    public async Task Handle(EventContext context, IReadOnlyList<ClaimSettled> events, CancellationToken cancellation)
    {
        foreach (var contract in contracts.All.Where(c => c.City == context.Tenant.Code)) // in order of number, as the locks want it
        {
            var borne = events.Where(e => Bears(contract, e)).ToList();
            if (borne.Count == 0) continue;
            var last = await InsurerFeed.Lock(context.Connection, context.Transaction, contract.Number, cancellation);
            var told = await Told(context, contract, [.. borne.SelectMany(e => (string?[])[e.SetlId, e.ReversesSetlId]).OfType<string>()], cancellation);
            var fresh = new List<ClaimEvent>(borne.Count);
            foreach (var e in borne)
            {
                // What the insurer never heard of (a contract that began later) is not taken back either.
                if (e.ReversesSetlId is { } reversed && !told.Contains(reversed)) continue;
                // A repeat that the inbox has forgotten: a county's tables rebuilt from its journal announce everything again.
                if (told.Add(e.SetlId)) fresh.Add(EventOf(contract, e));
            }
            await InsurerFeed.Append(context.Connection, context.Transaction, contract.Number, last, fresh, cancellation);
        }
    }

    public async Task Handle(EventContext context, IReadOnlyList<SupplementCaughtUp> events, CancellationToken cancellation)
    {
        foreach (var group in events.GroupBy(e => e.ContractNo).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            // Thrown, so that it waits in the error queue for the release that knows the contract.
            if (contracts.Find(group.Key) is null) throw new InvalidOperationException($"contract {group.Key} is not known here");
            var last = await InsurerFeed.Lock(context.Connection, context.Transaction, group.Key, cancellation);
            var told = (await InsurerFeed.Find(context.Connection, context.Transaction, group.Key, [.. group.Select(e => e.SetlId)], cancellation)).ToLookup(e => e.SetlId);
            var fresh = new List<ClaimEvent>();
            foreach (var e in group)
            {
                if (told[e.SetlId].Any(t => t.Kind == ClaimEventKind.CaughtUp) || fresh.Exists(f => f.SetlId == e.SetlId)) continue;
                var settled = told[e.SetlId].FirstOrDefault(t => t.Kind == ClaimEventKind.Settled) ?? throw new InvalidOperationException($"settlement {e.SetlId} was caught up but never told");
                fresh.Add(CaughtUp(settled, e));
            }
            await InsurerFeed.Append(context.Connection, context.Transaction, group.Key, last, fresh, cancellation);
        }
    }

    public async Task Handle(EventContext context, IReadOnlyList<ClaimCorrected> events, CancellationToken cancellation)
    {
        foreach (var contract in contracts.All.Where(c => c.City == context.Tenant.Code)) // in order of number, as the locks want it
        {
            var borne = events.Where(e => PartOf(contract, e).DifferenceFen != 0).ToList();
            if (borne.Count == 0) continue;
            var last = await InsurerFeed.Lock(context.Connection, context.Transaction, contract.Number, cancellation);
            var told = await InsurerFeed.Find(context.Connection, context.Transaction, contract.Number, [.. borne.SelectMany(e => (string[])[e.SetlId, e.RootSetlId])], cancellation);
            var fresh = new List<ClaimEvent>(borne.Count);
            foreach (var e in borne)
            {
                if (told.Exists(t => t.Kind == ClaimEventKind.Corrected && t.SetlId == e.SetlId)) continue; // a repeat
                // A claim that the contract bore nothing of was not told, and may be borne now; one that was borne and not told (a contract that began later) stays untold.
                var known = told.Exists(t => t.SetlId == e.RootSetlId || t.CorrectsSetlId == e.RootSetlId);
                if (!known && (e.Kind != "corrected" || PartOf(contract, e).BeforeFen != 0)) continue;
                var corrected = EventOf(contract, e);
                told.Add(corrected);
                fresh.Add(corrected);
            }
            await InsurerFeed.Append(context.Connection, context.Transaction, contract.Number, last, fresh, cancellation);
        }
    }

    /// <summary>What a contract bore before, and bears more or less now. Of a supplementary policy's bill it was told whatever was paid.</summary>
    private static (long BeforeFen, long DifferenceFen) PartOf(InsurerContract contract, ClaimCorrected e) =>
        contract.Kind == ContractKind.Supplement ? (0, e.Supplement?.ContractNo == contract.Number ? e.Supplement.OnBillFen : 0)
        : contract.Covers(e.HomeCounty, e.Insutype, DayNumber.ToDate(e.PolicyOn)) ? contract.LayerFen(e) : (0, 0);

    private ClaimEvent EventOf(InsurerContract contract, ClaimCorrected e)
    {
        var told = new ClaimEvent
        {
            Kind = ClaimEventKind.Corrected,
            SetlId = e.SetlId,
            CorrectsSetlId = e.RootSetlId,
            County = e.HomeCounty,
            ProviderCode = e.FixmedinsCode,
            ProviderCounty = e.ProviderCounty,
            ProviderLevel = e.PolicyLevel,
            PersonKey = keys.Of(contract.Number, e.PsnNo),
            Insutype = e.Insutype,
            MedType = e.MedType,
            PolicyOn = e.PolicyOn,
            SettledAtMs = e.CorrectedAtMs,
            BasicFundFen = e.BasicFundFen,
            FundTotalFen = e.FundTotalFen,
            PersonShareFen = e.PersonShareFen,
            InsurerFen = PartOf(contract, e).DifferenceFen,
        };
        if (contract.Kind == ContractKind.Supplement && e.Supplement is { } s)
            told.Supplement = new SupplementState { PolicyNo = s.PolicyNo, BillId = s.BillId, DecisionNo = s.DecisionNo ?? "" };
        return told;
    }

    private static async Task<HashSet<string>> Told(EventContext context, InsurerContract contract, string[] setlIds, CancellationToken cancellation) =>
        [.. (await InsurerFeed.Find(context.Connection, context.Transaction, contract.Number, setlIds, cancellation)).Select(e => e.SetlId)];

    private static bool Bears(InsurerContract contract, ClaimSettled e) => contract.Kind == ContractKind.Supplement
        ? e.Supplement?.ContractNo == contract.Number
        : contract.LayerFen(e) != 0 && contract.Covers(e.HomeCounty, e.Insutype, DayNumber.ToDate(e.PolicyOn));

    private ClaimEvent EventOf(InsurerContract contract, ClaimSettled e)
    {
        var told = new ClaimEvent
        {
            Kind = e.ReversesSetlId is null ? ClaimEventKind.Settled : ClaimEventKind.Reversed,
            SetlId = e.SetlId,
            ReversesSetlId = e.ReversesSetlId ?? "",
            County = e.HomeCounty,
            ProviderCode = e.FixmedinsCode,
            ProviderCounty = e.ProviderCounty,
            ProviderLevel = e.PolicyLevel,
            PersonKey = keys.Of(contract.Number, e.PsnNo),
            Insutype = e.Insutype,
            MedType = e.MedType,
            PolicyOn = e.PolicyOn,
            SettledAtMs = e.SettledAtMs,
            TotalFen = e.TotalFen,
            InScopeFen = e.InScopeFen,
            BasicFundFen = e.BasicFundFen,
            FundTotalFen = e.FundTotalFen,
            PersonShareFen = e.PersonShareFen,
            // A reversal takes back what was caught up as well.
            InsurerFen = e.Supplement is { } part && contract.Kind == ContractKind.Supplement ? part.OnBillFen + part.LateFen : contract.LayerFen(e),
        };
        if (contract.Kind == ContractKind.Supplement && e.Supplement is { } s)
            told.Supplement = new SupplementState { PolicyNo = s.PolicyNo, BillId = s.BillId, DecisionNo = s.DecisionNo ?? "", Pending = s.Pending };
        return told;
    }

    private static ClaimEvent CaughtUp(ClaimEvent settled, SupplementCaughtUp e)
    {
        var told = settled.Clone();
        told.Kind = ClaimEventKind.CaughtUp;
        told.InsurerFen = e.AmountFen;
        told.Supplement = new SupplementState { PolicyNo = e.PolicyNo, BillId = e.BillId, DecisionNo = e.DecisionNo };
        return told;
    }
}
