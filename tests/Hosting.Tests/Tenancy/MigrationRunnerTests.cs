using Dapper;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;

namespace MedInsure.Hosting.Tests.Tenancy;

[Trait("Category", "Storage"), Collection(PostgresCollection.Name)]
public sealed class MigrationRunnerTests(PostgresFixture postgres)
{
    private static readonly MigrationRunner.Migration First = new(1, "create_note", "CREATE TABLE note (id int PRIMARY KEY);");
    private static readonly MigrationRunner.Migration Second = new(2, "add_text", "ALTER TABLE note ADD COLUMN text text; REVOKE DELETE ON note FROM ${runtime};");

    private Task<int> Apply(Tenant tenant, params MigrationRunner.Migration[] migrations) =>
        MigrationRunner.Apply(postgres.Server.AdminConnectionString, tenant, "enrollment", migrations);

    [Fact]
    public async Task Each_migration_runs_once_as_the_owner()
    {
        var tenant = await postgres.Provision("enrollment");
        Assert.Equal(1, await Apply(tenant, First));
        Assert.Equal(1, await Apply(tenant, First, Second));
        Assert.Equal(0, await Apply(tenant, First, Second));
        Assert.Equal(TenantNames.Owner(tenant.Code, "enrollment"), await postgres.AsAdmin<string>(tenant, "SELECT tableowner FROM pg_tables WHERE tablename = 'note'"));
        Assert.False(await postgres.AsAdmin<bool>(tenant, $"SELECT has_table_privilege('{TenantNames.Runtime(tenant.Code, "enrollment")}', 'enrollment.note', 'DELETE')"));
    }

    [Fact]
    public async Task Changed_migration_is_refused_by_name_and_nothing_is_applied()
    {
        var tenant = await postgres.Provision("enrollment");
        await Apply(tenant, First);
        var changed = new MigrationRunner.Migration(1, First.Name, First.Sql + "-- changed");
        var refused = await Assert.ThrowsAsync<MigrationRefusedException>(() => Apply(tenant, changed, Second));
        Assert.Contains("0001_create_note was changed", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await postgres.AsAdmin<long>(tenant, "SELECT count(*) FROM enrollment.schema_migration"));
    }

    [Fact]
    public async Task Gap_and_repeated_number_are_refused()
    {
        var tenant = await postgres.Provision("enrollment");
        Assert.Contains("0001 is missing", (await Assert.ThrowsAsync<MigrationRefusedException>(() => Apply(tenant, Second))).Message, StringComparison.Ordinal);
        Assert.Contains("0002 is missing", (await Assert.ThrowsAsync<MigrationRefusedException>(() => Apply(tenant, First, new(3, "x", "SELECT 1")))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<MigrationRefusedException>(() => Apply(tenant, First, new(1, "x", "SELECT 1")));
    }

    [Fact]
    public async Task Database_ahead_of_the_build_is_refused()
    {
        var tenant = await postgres.Provision("enrollment");
        await Apply(tenant, First, Second);
        Assert.Contains("is at 0002_add_text", (await Assert.ThrowsAsync<MigrationRefusedException>(() => Apply(tenant, First))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failing_migration_leaves_nothing_of_itself_and_keeps_the_earlier_ones()
    {
        var tenant = await postgres.Provision("enrollment");
        var broken = new MigrationRunner.Migration(2, "break", "CREATE TABLE half (id int); SELECT 1/0;");
        await Assert.ThrowsAsync<MigrationRefusedException>(() => Apply(tenant, First, broken));
        Assert.Equal(0L, await postgres.AsAdmin<long>(tenant, "SELECT count(*) FROM pg_tables WHERE tablename = 'half'"));
        Assert.Equal(1, await Apply(tenant, First, Second));
    }

    [Fact]
    public async Task Concurrent_runners_apply_each_migration_once()
    {
        var tenant = await postgres.Provision("enrollment");
        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Apply(tenant, First, Second)));
        Assert.Equal(2, applied.Sum());
        Assert.Contains(2, applied);
    }

    [Fact]
    public void Embedded_files_are_found_in_order_of_number_and_hold_the_documented_tables()
    {
        var found = MigrationRunner.Read(typeof(MigrationRunnerTests).Assembly);
        Assert.Equal(["create_test_outbox", "create_test_inbox", "create_counter", "create_test_streams"], found.Select(m => m.Name));
        Assert.Equal([Outbox.MigrationSql.Trim(), Inbox.MigrationSql.Trim()], found.Take(2).Select(m => m.Sql.Trim()));
        Assert.Equal($"{Outbox.StreamMigrationSql.Trim()}\n\n{Inbox.StreamMigrationSql.Trim()}", found[3].Sql.Trim());
    }
}
