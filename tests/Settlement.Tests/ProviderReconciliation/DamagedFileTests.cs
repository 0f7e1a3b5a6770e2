using System.Text;
using MedInsure.Settlement.ProviderReconciliation;

namespace MedInsure.Settlement.Tests.ProviderReconciliation;

/// <summary>Whatever a provider sends as its detail file: rows or a refusal that names the file, never an exception. Seeds are fixed, the number of tries is bounded.</summary>
[Trait("Category", "Fuzz")]
public sealed class DamagedFileTests
{
    private static readonly string Text = string.Concat(Enumerable.Range(1, 40).Select(i => $"230102S{i:D12}\tM{i}\tP{i}\t{i}.50\t{i}\tnull\t{i % 2}\n"));
    private static readonly string[] Pieces = ["\t", "\n", "\r", "null", "-", "+", ".", "0", "9999999999999", "1.005", "é", "张", "\u0000", "\uFEFF", "setl_id", "\ud83d\ude00", "230102S000000000001"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void DamagedZip_IsReadOrRefused(int seed)
    {
        var (random, zip) = (new Random(seed), ReconciliationCounty.Zip(Text));
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = zip.ToArray();
            for (var n = random.Next(1, 6); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            if (random.Next(8) == 0) bytes = [.. bytes, .. bytes[random.Next(bytes.Length + 1)..]];
            Judge(bytes);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void DamagedText_IsReadOrRefused(int seed)
    {
        var (random, refused, read) = (new Random(seed), 0, 0);
        for (var i = 0; i < 2_000; i++)
        {
            var text = new StringBuilder(Text);
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                var at = random.Next(text.Length);
                if (random.Next(2) == 0) text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                else text.Remove(at, Math.Min(random.Next(1, 5), text.Length - at));
            }
            if (Judge(ReconciliationCounty.Zip(text.ToString()))) read++; else refused++;
        }
        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused");
    }

    /// <returns>It was read.</returns>
    private static bool Judge(byte[] zip)
    {
        var outcome = DetailFile.Read(zip);
        if (outcome.Refusal is { } refusal)
        {
            Assert.Equal("file_qury_no", refusal.Field);
            return false;
        }
        var file = outcome.Value;
        int[] columns = [file.Line.Count, file.MdtrtId.Count, file.PsnNo.Count, file.TotalFen.Count, file.FundFen.Count, file.AccountFen.Count, file.IsRefund.Count];
        Assert.All(columns, count => Assert.Equal(file.Count, count));
        return true;
    }
}
