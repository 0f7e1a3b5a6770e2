using System.IO.Compression;
using System.Text;
using MedInsure.Settlement.ProviderReconciliation;

namespace MedInsure.Settlement.Tests.ProviderReconciliation;

[Trait("Category", "Unit")]
public sealed class DetailFileTests
{
    private const string Good = "230102S1\tM1\tP1\t10.50\t7.00\t1.00\t0\n";

    private static (string? Code, string? Text) Refused(string text) => DetailFile.Read(ReconciliationCounty.Zip(text)).Refusal is { } refusal ? (refusal.Code, refusal.Chinese) : default;

    [Fact]
    public void Rows_AreReadWithOrWithoutHeaderMarkAndLineEnds()
    {
        foreach (var text in (string[])[Good + "230102S2\tnull\t\t-3\tnull\t\t1", "\uFEFF" + Good + "230102S2\tnull\t\t-3.0\tnull\t\t1\r\n", DetailFile.Header + "\r\n" + Good + "230102S2\t\tnull\t-3.00\t0\t0.00\t1\n\n\r\n"])
        {
            var file = DetailFile.Read(ReconciliationCounty.Zip(text)).Value;
            Assert.Equal(["230102S1", "230102S2"], file.SetlId);
            Assert.Equal(["M1", ""], file.MdtrtId);
            Assert.Equal(["P1", ""], file.PsnNo);
            Assert.Equal([1_050, -300], file.TotalFen);
            Assert.Equal([700, 0], file.FundFen);
            Assert.Equal([100, 0], file.AccountFen);
            Assert.Equal([false, true], file.IsRefund);
        }
        Assert.Equal(0, DetailFile.Read(ReconciliationCounty.Zip("")).Value.Count);
        Assert.Equal(0, DetailFile.Read(ReconciliationCounty.Zip(DetailFile.Header)).Value.Count);
    }

    [Theory]
    [InlineData("setl_id\tmdtrt_id\tpsn_no\n", "reconciliation.file_bad_header", 1)]
    [InlineData("setl_id\tpsn_no\tmdtrt_id\tmedfee_sumamt\tfund_pay_sumamt\tacct_pay\trefd_setl_flag\n", "reconciliation.file_bad_header", 1)]
    [InlineData(Good + "230102S2\tM1\tP1\t1\t1\t1\n", "reconciliation.file_columns", 2)]
    [InlineData(Good + "230102S2\tM1\tP1\t1\t1\t1\t0\t\n", "reconciliation.file_columns", 2)]
    [InlineData("230102S2,M1,P1,1,1,1,0\n", "reconciliation.file_columns", 1)]
    [InlineData(Good + "\n" + Good, "reconciliation.file_columns", 2)]
    [InlineData("null\tM1\tP1\t1\t1\t1\t0\n", "reconciliation.file_field_missing", 1)]
    [InlineData("230102S2\tM1\tP1\tnull\t1\t1\t0\n", "reconciliation.file_field_missing", 1)]
    [InlineData("2301020000000000000000000000001\tM1\tP1\t1\t1\t1\t0\n", "reconciliation.file_field_invalid", 1)]
    [InlineData("230102S2\tM 1\tP1\t1\t1\t1\t0\n", "reconciliation.file_field_invalid", 1)]
    [InlineData("230102S2\tM1\t张三\t1\t1\t1\t0\n", "reconciliation.file_field_invalid", 1)]
    [InlineData("230102S2\tM1\tP1\t1.001\t1\t1\t0\n", "reconciliation.file_too_precise", 1)]
    [InlineData("230102S2\tM1\tP1\t1\t0.125\t1\t0\n", "reconciliation.file_too_precise", 1)]
    [InlineData("230102S2\tM1\tP1\t1\t1\t1,5\t0\n", "reconciliation.file_not_amount", 1)]
    [InlineData("230102S2\tM1\tP1\t1e3\t1\t1\t0\n", "reconciliation.file_not_amount", 1)]
    [InlineData("230102S2\tM1\tP1\t.5\t1\t1\t0\n", "reconciliation.file_not_amount", 1)]
    [InlineData("230102S2\tM1\tP1\t--5\t1\t1\t0\n", "reconciliation.file_not_amount", 1)]
    [InlineData("230102S2\tM1\tP1\t１\t1\t1\t0\n", "reconciliation.file_not_amount", 1)]
    [InlineData("230102S2\tM1\tP1\t100000000000.01\t1\t1\t0\n", "reconciliation.file_amount_too_large", 1)]
    [InlineData("230102S2\tM1\tP1\t99999999999999999999999\t1\t1\t0\n", "reconciliation.file_amount_too_large", 1)]
    [InlineData("230102S2\tM1\tP1\t99999999999999999999999999999999999999999\t1\t1\t0\n", "reconciliation.file_amount_too_large", 1)]
    [InlineData("230102S2\tM1\tP1\t1\t1\t1\t2\n", "reconciliation.file_bad_flag", 1)]
    [InlineData(Good + "230102S2\tM1\tP1\t1\t1\t1\t0\n" + Good, "reconciliation.file_row_repeated", 3)]
    public void BadLine_IsNamed(string text, string code, int line)
    {
        var (refused, chinese) = Refused(text);
        Assert.Equal(code, refused);
        Assert.StartsWith($"明细文件第{line}行：", chinese, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsNoZipOfOneText_IsRefused()
    {
        static string? Code(byte[] zip) => DetailFile.Read(zip).Refusal?.Code;
        var zip = ReconciliationCounty.Zip(Good);
        Assert.Equal("reconciliation.file_not_zip", Code(Encoding.UTF8.GetBytes(Good)));
        Assert.Equal("reconciliation.file_not_zip", Code(zip[..^10]));
        Assert.Equal("reconciliation.file_entries", Code(ReconciliationCounty.Zip("x"u8.ToArray(), "a.txt", "b.txt")));
        Assert.Equal("reconciliation.file_entries", Code(ReconciliationCounty.Zip([], "folder/")));
        Assert.Equal("reconciliation.file_entries", Code(ReconciliationCounty.Zip([])));
        Assert.Equal("reconciliation.file_not_utf8", Code(ReconciliationCounty.Zip([.. "230102S2\tM1\t"u8, 0xC3, 0x28, (byte)'\n'], "a.txt")));
    }

    [Fact]
    public void ZipBomb_IsReadNoFurtherThanTheLimit()
    {
        // 256 MiB of zeros in some 256 KiB, and its directory says that they are ten.
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("bomb.txt").Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 256; i++) entry.Write(zeros);
        }
        var bomb = zip.ToArray();
        Assert.Equal("reconciliation.file_unpacked_too_large", DetailFile.Read(bomb).Refusal?.Code);
        var directory = bomb.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.GetBytes(10).CopyTo(bomb, directory + 24);
        Assert.True(DetailFile.Read(bomb).Refusal?.Code is "reconciliation.file_unpacked_too_large" or "reconciliation.file_not_zip" or "reconciliation.file_columns");
    }

    [Fact]
    public void TooManyRows_AreRefused()
    {
        var text = new StringBuilder();
        for (var i = 0; i <= DetailFile.RowsMax; i++) text.Append(i).Append("\t\t\t1\t\t\t\n");
        Assert.Equal("reconciliation.too_many_rows", Refused(text.ToString()).Code);
    }
}
