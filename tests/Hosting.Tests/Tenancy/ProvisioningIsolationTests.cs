using Dapper;
using MedInsure.Hosting.Tenancy;
using Npgsql;

namespace MedInsure.Hosting.Tests.Tenancy;

[Trait("Category", "Storage"), Collection(PostgresCollection.Name)]
public sealed class ProvisioningIsolationTests(PostgresFixture postgres)
{
    private static readonly MigrationRunner.Migration[] OneTable = [new(1, "create_note", "CREATE TABLE note (id int PRIMARY KEY); CREATE SEQUENCE note_number;")];

    private async Task<Tenant> WithNotes()
    {
        var tenant = await postgres.Provision("enrollment", "provider-registry");
        foreach (var service in (string[])["enrollment", "provider-registry"])
            await MigrationRunner.Apply(postgres.Server.AdminConnectionString, tenant, service, OneTable);
        return tenant;
    }

    [Fact]
    public async Task Runtime_role_reads_and_writes_rows_of_its_own_schema()
    {
        var tenant = await WithNotes();
        await using var databases = postgres.Databases([tenant], "enrollment");
        await using var connection = await databases.For(tenant.Code, "enrollment").OpenConnectionAsync();
        await connection.ExecuteAsync("INSERT INTO note VALUES (1); UPDATE note SET id = 2; SELECT nextval('note_number')");
        Assert.Equal(2, await connection.QuerySingleAsync<int>("SELECT id FROM note"));
        await connection.ExecuteAsync("DELETE FROM note; CREATE TEMP TABLE incoming (id int)");
        Assert.Equal(1, await connection.QuerySingleAsync<int>("SELECT max(version) FROM schema_migration"));
    }

    [Theory]
    [InlineData("SELECT * FROM provider_registry.note", "permission denied for schema provider_registry")]
    [InlineData("INSERT INTO provider_registry.note VALUES (1)", "permission denied for schema provider_registry")]
    [InlineData("CREATE TABLE enrollment.extra (id int)", "permission denied for schema enrollment")]
    [InlineData("CREATE TABLE public.extra (id int)", "permission denied for schema public")]
    [InlineData("ALTER TABLE note ADD COLUMN extra int", "must be owner of table note")]
    [InlineData("DROP TABLE note", "must be owner of table note")]
    [InlineData("TRUNCATE note", "permission denied for table note")]
    [InlineData("INSERT INTO schema_migration (version, name, sha256) VALUES (9, 'x', 'x')", "permission denied for table schema_migration")]
    [InlineData("CREATE ROLE intruder", "permission denied to create role")]
    [InlineData("CREATE DATABASE intruder", "permission denied to create database")]
    [InlineData("CREATE SCHEMA intruder", "permission denied for database")]
    public async Task Runtime_role_is_refused_beyond_rows_of_its_schema(string sql, string because)
    {
        var tenant = await WithNotes();
        await using var databases = postgres.Databases([tenant], "enrollment");
        await using var connection = await databases.For(tenant.Code, "enrollment").OpenConnectionAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql));
        Assert.StartsWith(because, refused.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runtime_role_cannot_become_the_owner_or_another_runtime_role()
    {
        var tenant = await WithNotes();
        await using var databases = postgres.Databases([tenant], "enrollment");
        await using var connection = await databases.For(tenant.Code, "enrollment").OpenConnectionAsync();
        foreach (var role in (string[])[TenantNames.Owner(tenant.Code, "enrollment"), TenantNames.Runtime(tenant.Code, "provider-registry"), "postgres"])
            Assert.StartsWith("permission denied to set role", (await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync($"SET ROLE {role}"))).MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runtime_role_cannot_connect_to_another_tenants_database()
    {
        var (mine, other) = (await WithNotes(), await WithNotes());
        var crossing = new NpgsqlConnectionStringBuilder(postgres.Server.Address)
        {
            Username = TenantNames.Runtime(mine.Code, "enrollment"), Password = PostgresFixture.PasswordOf(mine, "enrollment"), Database = TenantNames.Database(other.Code), Pooling = false,
        };
        await using var connection = new NpgsqlConnection(crossing.ConnectionString);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task Wrong_password_is_refused()
    {
        var tenant = await WithNotes();
        var wrong = new NpgsqlConnectionStringBuilder(postgres.Server.Address) { Username = TenantNames.Runtime(tenant.Code, "enrollment"), Password = "guess", Database = TenantNames.Database(tenant.Code), Pooling = false };
        await using var connection = new NpgsqlConnection(wrong.ConnectionString);
        Assert.Equal(PostgresErrorCodes.InvalidPassword, (await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync())).SqlState);
    }

    [Fact]
    public async Task Provisioning_twice_at_once_and_again_changes_nothing_but_the_password()
    {
        var tenant = PostgresFixture.NewTenant();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TenantProvisioning.Provision(postgres.Server.AdminConnectionString, tenant, "enrollment", "first")));
        await TenantProvisioning.Provision(postgres.Server.AdminConnectionString, tenant, "enrollment", PostgresFixture.PasswordOf(tenant, "enrollment"));
        await using var databases = postgres.Databases([tenant], "enrollment");
        await using var connection = await databases.For(tenant.Code, "enrollment").OpenConnectionAsync();
        Assert.Equal("enrollment", await connection.QuerySingleAsync<string>("SELECT current_schema()"));
    }

    [Fact]
    public async Task Administrator_without_superuser_provisions_and_migrates()
    {
        var tenant = PostgresFixture.NewTenant();
        await using (var root = new NpgsqlConnection(postgres.Server.AdminConnectionString))
            await root.ExecuteAsync("CREATE ROLE managed_admin LOGIN CREATEDB CREATEROLE PASSWORD 'managed'");
        var admin = new NpgsqlConnectionStringBuilder(postgres.Server.AdminConnectionString) { Username = "managed_admin", Password = "managed" }.ConnectionString;
        await TenantProvisioning.Provision(admin, tenant, "enrollment", PostgresFixture.PasswordOf(tenant, "enrollment"));
        Assert.Equal(1, await MigrationRunner.Apply(admin, tenant, "enrollment", OneTable));
    }
}
