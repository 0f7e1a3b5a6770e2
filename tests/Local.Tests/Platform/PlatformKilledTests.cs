using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using MedInsure.Tool;
using MedInsure.Tool.Hospital;

namespace MedInsure.Local.Tests.Platform;

/// <summary>The platform as deploy/up starts it, in a process of its own, killed under load: between commit and answer, before the commit, anywhere.</summary>
[Trait("Category", "Crash")]
public sealed class PlatformKilledTests : IDisposable
{
    private const int Callers = 16, AnswersBeforeTheKill = 300;
    private readonly string folder = Directory.CreateTempSubdirectory("medinsure-killed-").FullName;

    private sealed record Sale(RunPerson Person, string MessageId, byte[] Body);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task KilledUnderLoad_AnsweredSalesStandOnceAndTheOthersCanBeSentAgain()
    {
        var answered = new ConcurrentDictionary<Sale, string>();
        var unknown = new ConcurrentBag<Sale>();
        using (var first = await Start())
        {
            var run = Run();
            using var gateway = new GatewayClient(run.Gateway, TimeProvider.System, (_, _) => { });
            var pharmacy = Pharmacy(run);
            await gateway.SignIn(pharmacy);
            var callers = Enumerable.Range(0, Callers).Select(c => Task.Run(() => Sell(gateway, pharmacy, run, c, answered, unknown))).ToArray();
            while (answered.Count < AnswersBeforeTheKill && !callers.All(c => c.IsCompleted)) await Task.Delay(5); // the load decides when
            first.Kill();
            await first.WaitForExitAsync();
            await Task.WhenAll(callers);
        }
        Assert.True(answered.Count >= AnswersBeforeTheKill);
        Assert.NotEmpty(unknown);

        using var second = await Start();
        try
        {
            var run = Run();
            using var gateway = new GatewayClient(run.Gateway, TimeProvider.System, (_, _) => { });
            var pharmacy = Pharmacy(run);
            await gateway.SignIn(pharmacy);
            foreach (var (sale, answer) in answered)
            {
                var again = await gateway.Send(pharmacy, "2102", sale.Body);
                Assert.Equal(answer, again.Output.GetRawText()); // the stored answer, byte for byte
            }
            foreach (var sale in unknown)
            {
                var again = await gateway.Send(pharmacy, "2102", sale.Body);
                Assert.True(again.Accepted, again.Message);
                answered[sale] = again.Output.GetRawText();
            }
            Assert.Equal(answered.Count, answered.Values.Select(SettlementOf).Distinct().Count());
            foreach (var person in answered.Keys.GroupBy(s => s.Person.PsnNo)) await ListsEachOnce(gateway, pharmacy, person.First().Person, [.. person.Select(s => SettlementOf(answered[s]))]);
        }
        finally
        {
            await End(second);
        }
    }

    private static async Task Sell(GatewayClient gateway, RunProvider pharmacy, RunFile run, int caller, ConcurrentDictionary<Sale, string> answered, ConcurrentBag<Sale> unknown)
    {
        var persons = run.Persons.Where(p => p.County == pharmacy.County && p.CoverTo.Length == 0).ToList();
        var day = Encounters.Day(gateway.Today);
        for (var i = 0; ; i++)
        {
            var person = persons[(caller * 7 + i) % persons.Count];
            var messageId = gateway.NewMessageId(pharmacy);
            var sale = new Sale(person, messageId, gateway.Body(pharmacy, "2102", new
            {
                druginfo = new { psn_no = person.PsnNo, mdtrt_cert_type = "02", mdtrt_cert_no = person.Certno, begntime = $"{day} 00:00:01", medfee_sumamt = "4.00", invono = "1", insutype = person.Insutype, acct_used_flag = "1", med_type = "41" },
                drugdetail = new[] { new { feedetl_sn = "1", fee_ocur_time = $"{day} 00:00:01", med_list_codg = "NONE", medins_list_codg = "1", det_item_fee_sumamt = "4.00", cnt = "2", pric = "2" } },
            }, person.County, messageId));
            try
            {
                var answer = await gateway.Send(pharmacy, "2102", sale.Body);
                if (answer.Infcode == "-1") { unknown.Add(sale); return; } // the outcome is unknown: the platform is on its way out
                Assert.True(answer.Accepted, answer.Message);
                answered[sale] = answer.Output.GetRawText();
            }
            catch (HttpRequestException)
            {
                unknown.Add(sale);
                return;
            }
        }
    }

    private static async Task ListsEachOnce(GatewayClient gateway, RunProvider pharmacy, RunPerson person, string[] settlements)
    {
        var answer = await gateway.Call(pharmacy, "5203", new { data = new { psn_no = person.PsnNo } }, person.County);
        Assert.True(answer.Accepted, answer.Message);
        var listed = answer.Output.GetRawText();
        foreach (var settlement in settlements) Assert.Equal(2, listed.Split($"\"{settlement}\"").Length);
        Assert.Equal(settlements.Length + 1, listed.Split("\"setl_id\"").Length);
    }

    private static string SettlementOf(string output) => JsonSerializer.Deserialize<JsonElement>(output).GetProperty("setlinfo").GetProperty("setl_id").GetString()!;

    private static RunProvider Pharmacy(RunFile run) => run.Providers.First(p => p.PolicyLevel == "pharmacy");

    private RunFile Run() => RunFile.Read(Path.Combine(folder, "run.json"));

    private async Task<Process> Start()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var word in (string[])[typeof(LocalPlatform).Assembly.Location, "--folder", folder]) start.ArgumentList.Add(word);
        var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            said.Add(line);
            if (line != "ready") continue;
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // its log must not fill the pipe
            return process;
        }
        throw new InvalidOperationException($"the platform did not get ready:\n{string.Join('\n', said.TakeLast(20))}");
    }

    /// <summary>As deploy/down does: asked to stop, waited for.</summary>
    private static async Task End(Process process)
    {
        using var term = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await term.WaitForExitAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
    }
}
