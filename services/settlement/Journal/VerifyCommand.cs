using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement.Policies;
using Npgsql;

namespace MedInsure.Settlement.Journal;

/// <summary>The command "verify": <see cref="VerifyJournal"/> of every county whose database is configured. Only reads, so it may run beside the writer.</summary>
public static class VerifyCommand
{
    /// <returns>The exit code: 0 when every journal holds, 1 when one does not, 2 when one could not be read.</returns>
    public static async Task<int> Run(IConfiguration configuration, TextWriter output, CancellationToken cancellation = default)
    {
        var directory = TenantDirectory.Read(configuration);
        await using var databases = new TenantDatabases(configuration, directory);
        var counties = databases.TenantsOf(SettlementModule.Service).Where(t => !t.IsCity).ToList();
        if (counties.Count == 0)
        {
            await output.WriteLineAsync($"nothing to verify: no county with Secrets:Database:<code>:{SettlementModule.Service} is configured");
            return 2;
        }
        var (policies, code) = (PolicyLibrary.LoadEmbedded(), 0);
        foreach (var county in counties)
        {
            try
            {
                var report = await VerifyJournal.Run(databases.For(county.Code, SettlementModule.Service), county, policies, cancellation);
                await output.WriteLineAsync($"{county.Code}: journal to seq {report.HeadSeq}, tables to {report.ProjectedSeq}, {report.Settlements} settlements, {report.Reversals} reversals, {report.Corrections} corrections, {report.Findings.Count} findings");
                foreach (var finding in report.Findings) await output.WriteLineAsync($"{county.Code}: {finding}");
                if (report.Findings.Count > 0) code = Math.Max(code, 1);
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                await output.WriteLineAsync($"{county.Code}: not read: {(e is PostgresException p ? $"{p.SqlState} {p.MessageText}" : e.Message)}");
                code = 2;
            }
        }
        return code;
    }
}
