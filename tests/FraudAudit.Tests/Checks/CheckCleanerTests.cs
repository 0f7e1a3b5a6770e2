using MedInsure.FraudAudit.Checks;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.FraudAudit.Tests.Checks;

[Trait("Category", "Storage")]
[Collection("audit")]
public sealed class CheckCleanerTests(AuditFixture fixture)
{
    [Fact]
    public async Task FindingsOlderThanTheMonthsKept_GoInBatchesWithTheirAnswers()
    {
        await using var host = await fixture.Start();
        // The first of November 2024, in China, is kept; what came a second before is not.
        foreach (var (no, at) in ((string, string)[])[("a", "2024-10-31 23:59:59+08"), ("b", "2024-10-01 00:00:00+08"), ("c", "2023-01-01 00:00:00+08"), ("d", "2024-11-01 00:00:00+08"), ("e", "2026-11-22 09:00:00+08")])
        {
            await host.Sql<object>($"""
                INSERT INTO check_finding (finding_no, check_no, stage, checked_at, psn_no, mdtrt_id, fixmedins_code, department_code, doctor_code, rule, severity, certain, blocks, in_scope_fen, text, lines)
                VALUES ('{no}', '{no}', 'before', '{at}', 'P1', 'M1', 'H1', '', 'D1', 'R', 1, false, false, 1, '', ARRAY[]::text[])
                """);
            await host.Sql<object>($"INSERT INTO check_feedback (finding_no, message_id, choice, reason, operator, given_at) VALUES ('{no}', 'm', '2', '', 'o', '{at}')");
        }
        using var cleaner = ActivatorUtilities.CreateInstance<CheckCleaner>(host.Services);
        Assert.Equal(2, await cleaner.Delete(host.Database, new DateOnly(2026, 11, 22), 2, default));
        Assert.Equal("a d e", await host.Sql<string>("SELECT string_agg(finding_no, ' ' ORDER BY finding_no) FROM check_finding")); // the oldest first
        Assert.Equal(1, await cleaner.Delete(host.Database, new DateOnly(2026, 11, 22), 2, default));
        Assert.Equal(0, await cleaner.Delete(host.Database, new DateOnly(2026, 11, 22), 2, default));
        Assert.Equal("d e", await host.Sql<string>("SELECT string_agg(finding_no, ' ' ORDER BY finding_no) FROM check_feedback JOIN check_finding USING (finding_no)"));
        Assert.Equal(2, await host.Sql<long>("SELECT count(*) FROM check_feedback"));
    }
}
