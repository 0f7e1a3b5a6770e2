namespace MedInsure.Settlement.Ledger;

/// <summary>The command "ledger verify FILE [--head HASH]": recomputes chain, balances and closings of an export. Needs neither configuration nor database.</summary>
public static class LedgerCommand
{
    /// <returns>The exit code: 0 when the ledger holds, 1 when it does not, 2 when the file could not be read or nothing was asked.</returns>
    public static async Task<int> Run(IReadOnlyList<string> args, TextWriter output, CancellationToken cancellation = default)
    {
        if (args is not (["verify", _] or ["verify", _, "--head", _]))
        {
            await output.WriteLineAsync("usage: ledger verify FILE [--head HASH]; HASH: the last one, as it was written down elsewhere");
            return 2;
        }
        LedgerReport report;
        try
        {
            await using var file = File.OpenRead(args[1]);
            report = await VerifyLedger.Read(file, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await output.WriteLineAsync($"{args[1]}: not read: {e.Message}");
            return 2;
        }
        var findings = report.Findings.ToList();
        if (args.Count == 4 && args[3] != report.HeadHash) findings.Add($"the last hash is not {args[3]}: this is another ledger, or one that was written anew");
        await output.WriteLineAsync($"{report.County}: {report.Vouchers} vouchers, closed to {report.ClosedOn ?? "no day"}, last hash {report.HeadHash}, {findings.Count} findings");
        foreach (var finding in findings) await output.WriteLineAsync($"{report.County}: {finding}");
        return findings.Count == 0 ? 0 : 1;
    }
}
