using System.Text;
using MedInsure.Settlement.Ledger;
using Xunit.Abstractions;

namespace MedInsure.Settlement.Tests.Ledger;

/// <summary>Whatever byte of an export is changed, taken out or put in, verification finds it, with nothing but the export.</summary>
[Trait("Category", "Property")]
[Collection(PostgresCollection.Name)]
public sealed class VerifyLedgerTests(SharedPostgres postgres, ITestOutputHelper output) : IAsyncLifetime
{
    private SettlementNode node = null!;
    private LedgerDesk desk = null!;

    public async Task InitializeAsync()
    {
        desk = new LedgerDesk(node = await SettlementNode.Create(postgres.Server));
        await node.AddPerson("P1");
        await desk.Hear(LedgerDesk.Income(1, "personal", 28_000), LedgerDesk.Income(2, "suspense", 5), LedgerDesk.Income(3, "employer", 600, 180, "310", "bank-icbc", "单位一"));
        await node.Settled(await node.Visit("P1", 10_000));
        LedgerDesk.Value(await desk.Book(LedgerDesk.Order()));
        desk.SetDay(7, 1);
        await desk.Closed("2026-06-30");
        await desk.Hear(LedgerDesk.Income(4, "suspense", -5));
    }

    public Task DisposeAsync() => node.DisposeAsync().AsTask();

    [Fact]
    public async Task AnySingleByteChanged_IsFound()
    {
        var export = await desk.Export();
        var holds = await LedgerDesk.Verify(export);
        Assert.Empty(holds.Findings);
        Assert.Equal((node.Tenant.Code, 7L, "2026-06-30"), (holds.County, holds.Vouchers, holds.ClosedOn));
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}, {export.Length} bytes");
        var random = new Random(seed);
        for (var at = 0; at < export.Length; at++)
        {
            // Its neighbour (a digit by one), its case, and any other.
            byte[] others = [(byte)(export[at] ^ 1), (byte)(export[at] ^ 0x20), (byte)((export[at] + random.Next(1, 256)) % 256)];
            foreach (var other in others)
            {
                var changed = (byte[])export.Clone();
                changed[at] = other;
                Assert.True((await LedgerDesk.Verify(changed)).Findings.Count > 0, $"byte {at}: {export[at]} as {other} is not found");
            }
            Assert.True((await LedgerDesk.Verify([.. export[..at], .. export[(at + 1)..]])).Findings.Count > 0, $"byte {at} taken out is not found");
            Assert.True((await LedgerDesk.Verify([.. export[..at], export[random.Next(export.Length)], .. export[at..]])).Findings.Count > 0, $"a byte put in before {at} is not found");
            Assert.True((await LedgerDesk.Verify(export[..at])).Findings.Count > 0, $"cut off before byte {at} is not found");
        }
    }

    [Fact]
    public async Task VouchersLeftOutMovedOrRepeated_AreFound()
    {
        var lines = Encoding.UTF8.GetString(await desk.Export()).TrimEnd('\n').Split('\n');
        for (var i = 1; i < lines.Length - 1; i++)
        {
            await Finds([.. lines[..i], .. lines[(i + 1)..]]);
            await Finds([.. lines[..i], lines[i], lines[i], .. lines[(i + 1)..]]);
            if (i < lines.Length - 2) await Finds([.. lines[..i], lines[i + 1], lines[i], .. lines[(i + 2)..]]);
        }

        static async Task Finds(string[] lines) => Assert.NotEmpty((await LedgerDesk.Verify(Encoding.UTF8.GetBytes(string.Join('\n', lines) + '\n'))).Findings);
    }

    /// <summary>Who writes the whole ledger anew has right hashes: what the vouchers say is checked too, and the last hash is another one than was written down.</summary>
    [Theory]
    [InlineData("\"kind\":\"income\",\"number\":\"1\"", "\"kind\":\"income\",\"number\":\"2\"", "is booked twice")]
    [InlineData(",28000]", ",28001]", "does not balance")]
    [InlineData("\"no\":2", "\"no\":9", "says that it is 9")]
    [InlineData("\"booked_on\":\"2026-07-01\"", "\"booked_on\":\"2026-06-30\"", "which was closed before")]
    [InlineData("\"kind\":\"income\",\"number\":\"3\"", "\"kind\":\"income\",\"number\":\"5\"", "the last is 5")]
    [InlineData(",0,28000,0,28000]", ",1,28000,0,28001]", "the trial balance of 2026-06-30 is not the sum")]
    [InlineData("\"settlement_no\":1", "\"settlement_no\":0", "they are summed up to 1")]
    [InlineData("\"effective_on\":\"2026-06-29\"", "\"effective_on\":\"2026-07-29\"", "takes effect after it was booked")]
    public async Task WrittenAnewWithRightHashes_ContradictsItself(string said, string instead, string finding)
    {
        var lines = Encoding.UTF8.GetString(await desk.Export()).TrimEnd('\n').Split('\n');
        var (hash, county, anew) = (LedgerText.Start(node.Tenant.Code), lines[0], new StringBuilder());
        anew.Append(county).Append('\n');
        var changed = false;
        foreach (var line in lines[1..^1])
        {
            var document = line[65..];
            if (!changed && document.Contains(said, StringComparison.Ordinal))
            {
                var at = document.IndexOf(said, StringComparison.Ordinal);
                (document, changed) = (document[..at] + instead + document[(at + said.Length)..], true);
            }
            hash = LedgerText.Hash(hash, Encoding.UTF8.GetBytes(document));
            anew.Append(Convert.ToHexStringLower(hash)).Append(' ').Append(document).Append('\n');
        }
        anew.Append(LedgerText.End(lines.Length - 2, Convert.ToHexStringLower(hash))).Append('\n');
        Assert.True(changed, $"{said} is not in the export");
        var report = await LedgerDesk.Verify(Encoding.UTF8.GetBytes(anew.ToString()));
        Assert.Contains(report.Findings, f => f.Contains(finding, StringComparison.Ordinal));
        Assert.NotEqual((await LedgerDesk.Verify(await desk.Export())).HeadHash, report.HeadHash);
    }

    [Fact]
    public async Task Command_SaysWhetherAFileHolds()
    {
        var path = Path.Combine(Path.GetTempPath(), $"ledger-{node.Tenant.Code}.txt");
        try
        {
            var export = await desk.Export();
            await File.WriteAllBytesAsync(path, export);
            var head = (await LedgerDesk.Verify(export)).HeadHash;
            Assert.Equal((0, $"{node.Tenant.Code}: 7 vouchers, closed to 2026-06-30, last hash {head}, 0 findings"), await Run("verify", path));
            Assert.Equal(0, (await Run("verify", path, "--head", head)).Code);
            Assert.Equal(1, (await Run("verify", path, "--head", new string('0', 64))).Code);
            export[^20] ^= 1;
            await File.WriteAllBytesAsync(path, export);
            Assert.Equal(1, (await Run("verify", path)).Code);
            Assert.Equal(2, (await Run("verify", path + "x")).Code);
            Assert.Equal(2, (await Run("export")).Code);
        }
        finally { File.Delete(path); }

        static async Task<(int Code, string First)> Run(params string[] args)
        {
            var text = new StringWriter();
            var code = await LedgerCommand.Run(args, text);
            return (code, text.ToString().Split('\n')[0].TrimEnd('\r'));
        }
    }
}
