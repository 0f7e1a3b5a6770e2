using Google.Protobuf.Collections;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Calculation;

namespace MedInsure.Settlement.Journal;

/// <summary>A fee line of an encounter with its terms and its shares.</summary>
public sealed class LineState(PricedLine priced, LineShare share)
{
    public PricedLine Priced { get; } = priced;
    public LineShare Share { get; } = share;
    /// <summary>The standing settlement that took the line; null = not settled.</summary>
    public string? SettledBy { get; set; }
}

/// <summary>A settlement of an encounter. Reversals do not get a state of their own: they turn <see cref="Standing"/>.</summary>
public sealed class SettlementState(string rootId, SettledClaim document)
{
    public string RootId { get; } = rootId;
    public SettledClaim Document { get; } = document;
    /// <summary>The rows of the chain settlement, reversal, restoration …, oldest first.</summary>
    public List<string> Chain { get; } = [rootId];
    public string LatestId => Chain[^1];
    /// <summary>The newest row's document: what it found and what it changed.</summary>
    public SettledClaim Latest { get; set; } = document;
    /// <summary>How many records the encounter had with the newest row.</summary>
    public int LatestRecord { get; set; }
    public bool Standing { get; set; } = true;
    /// <summary>What the insurer of a supplementary policy said after the settlement; null = nothing.</summary>
    public SupplementAnswered? Late { get; set; }
    /// <summary>It stands, and the supplementary policy's insurer has not said what it pays of it.</summary>
    public bool AwaitsSupplement => Standing && Late is null && Document.Facts.Supplement is { DecisionNo.Length: 0 };
}

public enum EncounterStage { Open, Discharged, Cancelled }

/// <summary>One encounter, folded from its journal records. Touched by the tenant's writer alone.</summary>
public sealed class EncounterState
{
    private readonly Dictionary<string, LineState> byNumber = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LineShare> byCode = new(StringComparer.Ordinal);

    public EncounterState(string mdtrtId, string psnNo, EncounterOpened opened)
    {
        (MdtrtId, PsnNo, FixmedinsCode, Insutype) = (mdtrtId, psnNo, opened.FixmedinsCode, opened.Insutype);
        Details = opened.Details.Clone();
        if (Details.MedType.Length == 0) Details.MedType = "11";
        Diagnoses = [.. opened.Diagnosis];
    }

    public string MdtrtId { get; }
    /// <summary>The number that the person has now; records made before a merge name the retired one.</summary>
    public string PsnNo { get; internal set; }
    public string FixmedinsCode { get; }
    public string Insutype { get; }
    public EncounterDetails Details { get; }
    public List<Diagnosis> Diagnoses { get; private set; }
    public EncounterStage Stage { get; private set; } = EncounterStage.Open;
    public long EndAtMs { get; private set; }
    public string DischargeWay { get; private set; } = "";
    public List<LineState> Lines { get; private set; } = [];
    public List<SettlementState> Settlements { get; } = [];
    /// <summary>The last batch that touched this encounter, and when it was last used: both decide when it may leave memory.</summary>
    public long LastSeq { get; set; }
    public long LastUsed { get; set; }
    /// <summary>How many records made this state.</summary>
    public int RecordCount { get; private set; }

    public bool IsStay => MedTypes.IsInpatient(Details.MedType) || MedTypes.IsMaternityStay(Details.MedType);
    public DateOnly BeginOn => ChinaCalendar.DayOf(Details.BeginAtMs);
    public DateOnly? EndOn => EndAtMs == 0 ? null : ChinaCalendar.DayOf(EndAtMs);
    public bool HasStandingSettlement => Settlements.Exists(s => s.Standing);
    /// <summary>A stay whose final settlement stands takes no more lines; an outpatient visit may be charged again.</summary>
    public bool IsFinallySettled => IsStay && Settlements.Exists(s => s is { Standing: true, Document.Interim: false });

    public LineState? FindLine(string feedetlSn) => byNumber.GetValueOrDefault(feedetlSn);
    /// <summary>The sums of all lines of one code, for the bound on corrections.</summary>
    public LineShare SumOfCode(string code) => byCode.GetValueOrDefault(code);
    /// <summary>By the number of the settlement or of any row that reversed or restored it.</summary>
    public SettlementState? FindSettlement(string setlId) => Settlements.Find(s => s.Chain.Contains(setlId));

    public void Apply(JournalRecord record, long seq)
    {
        LastSeq = Math.Max(LastSeq, seq);
        // A late answer changes nothing of the visit: what was cancelled can be restored after it.
        if (record.BodyCase != JournalRecord.BodyOneofCase.SupplementAnswered) RecordCount++;
        switch (record.BodyCase)
        {
            case JournalRecord.BodyOneofCase.EncounterChanged: Change(record.EncounterChanged.Details, record.EncounterChanged.Diagnosis); break;
            case JournalRecord.BodyOneofCase.EncounterCancelled: Stage = EncounterStage.Cancelled; break;
            case JournalRecord.BodyOneofCase.FeeLinesAdded:
                foreach (var priced in record.FeeLinesAdded.Line) Add(priced);
                break;
            case JournalRecord.BodyOneofCase.FeeLinesCancelled: Remove(record.FeeLinesCancelled.FeedetlSn); break;
            case JournalRecord.BodyOneofCase.EncounterDischarged:
                var discharged = record.EncounterDischarged;
                Change(discharged.Details, discharged.Diagnosis);
                (Stage, EndAtMs, DischargeWay) = (EncounterStage.Discharged, discharged.EndAtMs, discharged.Way);
                break;
            case JournalRecord.BodyOneofCase.DischargeUndone: (Stage, EndAtMs, DischargeWay) = (EncounterStage.Open, 0, ""); break;
            case JournalRecord.BodyOneofCase.SettledClaim: Settle(record.SettledClaim); break;
            case JournalRecord.BodyOneofCase.ReversedClaim: Reverse(record.ReversedClaim); break;
            case JournalRecord.BodyOneofCase.SupplementAnswered:
                if (FindSettlement(record.SupplementAnswered.SetlId) is { } answered) answered.Late = record.SupplementAnswered;
                break;
        }
    }

    private void Settle(SettledClaim claim)
    {
        Settlements.Add(new SettlementState(claim.SetlId, claim) { LatestRecord = RecordCount });
        foreach (var line in claim.Line)
            if (byNumber.TryGetValue(line.FeedetlSn, out var state)) state.SettledBy = claim.SetlId;
    }

    private void Reverse(ReversedClaim reversal)
    {
        var root = Settlements.Find(s => s.RootId == reversal.RootSetlId)
            ?? throw new InvalidOperationException($"{reversal.SetlId} reverses {reversal.RootSetlId}, which encounter {MdtrtId} does not hold");
        root.Chain.Add(reversal.SetlId);
        (root.Latest, root.LatestRecord, root.Standing) = (reversal.Negated, RecordCount, reversal.Restores);
        foreach (var line in root.Document.Line)
            if (byNumber.TryGetValue(line.FeedetlSn, out var state)) state.SettledBy = reversal.Restores ? root.RootId : null;
    }

    private void Add(PricedLine priced)
    {
        var state = new LineState(priced, SplitOf(priced));
        Lines.Add(state);
        byNumber.Add(priced.Line.FeedetlSn, state);
        byCode[priced.Line.MedListCode] = Plus(byCode.GetValueOrDefault(priced.Line.MedListCode), state.Share, 1);
    }

    private void Remove(IEnumerable<string> numbers)
    {
        foreach (var number in numbers)
        {
            if (!byNumber.Remove(number, out var state)) continue;
            var code = state.Priced.Line.MedListCode;
            byCode[code] = Plus(byCode.GetValueOrDefault(code), state.Share, -1);
        }
        Lines = Lines.FindAll(l => byNumber.ContainsKey(l.Priced.Line.FeedetlSn));
    }

    private void Change(EncounterDetails? changed, RepeatedField<Diagnosis> diagnoses)
    {
        // proto3's merge is the contract of ChangeEncounter: what is empty or zero leaves what was there.
        if (changed is not null) Details.MergeFrom(changed);
        if (diagnoses.Count > 0) Diagnoses = [.. diagnoses];
    }

    private static LineShare SplitOf(PricedLine priced) => Calculation.Lines.Split(JournalDocuments.ClaimLineOf(priced));

    public static LineShare Plus(LineShare a, LineShare b, int sign) => sign > 0
        ? new LineShare(a.Amount + b.Amount, a.FullSelfPay + b.FullSelfPay, a.OverLimit + b.OverLimit, a.FirstPay + b.FirstPay, a.InScope + b.InScope)
        : new LineShare(a.Amount - b.Amount, a.FullSelfPay - b.FullSelfPay, a.OverLimit - b.OverLimit, a.FirstPay - b.FirstPay, a.InScope - b.InScope);

    /// <summary>A code's sums may not fall below zero in any part: a bill's parts would otherwise turn negative.</summary>
    public static bool IsBelowZero(LineShare s) => s.Amount.IsNegative || s.FullSelfPay.IsNegative || s.OverLimit.IsNegative || s.FirstPay.IsNegative || s.InScope.IsNegative;
}
