using MedInsure.Protos.FraudAudit.V1;

namespace MedInsure.FraudAudit.Rules;

/// <summary>A bill's lines with its corrections taken off them.</summary>
internal static class NetLines
{
    public static IReadOnlyList<AuditLine> Of(IReadOnlyList<AuditLine> lines)
    {
        var corrected = false;
        for (var i = 0; i < lines.Count && !corrected; i++) corrected = lines[i].QuantityE4 < 0;
        if (!corrected) return lines;

        var net = new List<AuditLine>(lines.Count);
        var bySerial = new Dictionary<string, int>(lines.Count);
        foreach (var line in lines)
        {
            if (line.QuantityE4 >= 0)
            {
                bySerial[line.FeedetlSn] = net.Count;
                net.Add(line);
            }
        }
        foreach (var correction in lines)
        {
            if (correction.QuantityE4 >= 0) continue;
            // A correction may name no line: then the newest of its item that it fits into.
            var at = bySerial.TryGetValue(correction.OriginalFeedetlSn, out var named) ? named
                : net.FindLastIndex(l => l.MedListCode == correction.MedListCode && l.QuantityE4 >= -correction.QuantityE4);
            if (at < 0) { net.Add(correction); continue; }
            var left = net[at].Clone();
            (left.QuantityE4, left.AmountFen, left.InScopeFen) = (left.QuantityE4 + correction.QuantityE4, left.AmountFen + correction.AmountFen, left.InScopeFen + correction.InScopeFen);
            net[at] = left;
        }
        net.RemoveAll(l => l is { QuantityE4: 0, AmountFen: 0 });
        return net;
    }
}
