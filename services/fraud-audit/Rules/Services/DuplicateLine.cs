using System.Buffers;
using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules.Services;

/// <summary>The same item, at the same moment, of the same prescription, doctor, price and quantity, twice in a bill (重复明细).</summary>
internal sealed class DuplicateLine() : BillRule("MI10000201052000")
{
    public override void Check(BillUnderAudit bill, RuleTerms terms)
    {
        var count = bill.Lines.Count;
        if (count < 2) return;
        var room = ArrayPool<AuditLine>.Shared.Rent(count);
        try
        {
            for (var i = 0; i < count; i++) room[i] = bill.Lines[i];
            var lines = room.AsSpan(0, count);
            lines.Sort(static (a, b) => Compare(a, b) is var order and not 0 ? order : string.CompareOrdinal(a.FeedetlSn, b.FeedetlSn));
            for (var i = 0; i < count;)
            {
                var next = i + 1;
                while (next < count && Compare(lines[i], lines[next]) == 0) next++;
                if (next - i > 1 && lines[i] is { QuantityE4: > 0, AmountFen: > 0, OccurredAtMs: > 0 })
                {
                    var again = lines[(i + 1)..next];
                    var fen = ((ReadOnlySpan<AuditLine>)again).InScope();
                    bill.Find(this, lines[i].FeedetlSn, again.ToArray(), fen, $"{lines[i].ItemName}在{AuditDays.Text(lines[i].OccurredOn)}同一时刻、同一处方以相同单价数量重复记账{again.Length + 1}次，重复{LineMoney.Yuan(fen)}元",
                        $"{lines[i].ItemName} was charged {again.Length + 1} times at the same moment of {AuditDays.Text(lines[i].OccurredOn)}, with the same prescription, price and quantity: {LineMoney.Yuan(fen)} too much");
                }
                i = next;
            }
        }
        finally { ArrayPool<AuditLine>.Shared.Return(room, clearArray: true); }
    }

    private static int Compare(AuditLine a, AuditLine b)
    {
        if (a.OccurredAtMs != b.OccurredAtMs) return a.OccurredAtMs.CompareTo(b.OccurredAtMs);
        if (string.CompareOrdinal(a.MedListCode, b.MedListCode) is var code and not 0) return code;
        if (string.CompareOrdinal(a.PrescriptionNo, b.PrescriptionNo) is var prescription and not 0) return prescription;
        if (string.CompareOrdinal(a.DoctorCode, b.DoctorCode) is var doctor and not 0) return doctor;
        return a.QuantityE4 != b.QuantityE4 ? a.QuantityE4.CompareTo(b.QuantityE4) : a.UnitPriceMicroYuan.CompareTo(b.UnitPriceMicroYuan);
    }
}
