using Dapper;
using MedInsure.Hosting.Tenancy;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace MedInsure.Hosting.Tests.Tenancy;

[Trait("Category", "Storage"), Collection(PostgresCollection.Name)]
public sealed class MigrateCommandTests(PostgresFixture postgres)
{
    private const string AdminPassword = "admin-secret-word";

    private async Task<(int Code, string Said)> Run(Tenant tenant, params (string Key, string? Value)[] changes)
    {
        await using (var root = new NpgsqlConnection(postgres.Server.AdminConnectionString))
            await root.ExecuteAsync($"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migrate_admin') THEN CREATE ROLE migrate_admin LOGIN CREATEDB CREATEROLE PASSWORD '{AdminPassword}'; END IF; END $$");
        var settings = postgres.Settings([tenant], "enrollment");
        (settings["Secrets:DatabaseAdmin:User"], settings["Secrets:DatabaseAdmin:Password"]) = ("migrate_admin", AdminPassword);
        foreach (var (key, value) in changes)
            if (value is null) settings.Remove(key); else settings[key] = value;
        await using var said = new StringWriter();
        var code = await MigrateCommand.Run(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), "enrollment", typeof(PostgresFixture).Assembly, said);
        Assert.DoesNotContain(AdminPassword, said.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresFixture.PasswordOf(tenant, "enrollment"), said.ToString(), StringComparison.Ordinal);
        return (code, said.ToString().Trim());
    }

    [Fact]
    public async Task New_tenant_is_made_and_migrated_and_a_repeat_changes_nothing()
    {
        var tenant = PostgresFixture.NewTenant();
        Assert.Equal((0, $"enrollment of {tenant.Code}: 4 migrations applied"), await Run(tenant));
        Assert.Equal((0, $"enrollment of {tenant.Code}: 0 migrations applied"), await Run(tenant));
        await using var databases = postgres.Databases([tenant], "enrollment");
        await using var connection = await databases.For(tenant.Code, "enrollment").OpenConnectionAsync();
        Assert.Equal(4, await connection.QuerySingleAsync<int>("SELECT count(*)::int FROM schema_migration"));
    }

    [Fact]
    public async Task Changed_migration_is_refused_with_its_name()
    {
        var tenant = PostgresFixture.NewTenant();
        await Run(tenant);
        await postgres.AsAdmin<int>(tenant, "UPDATE enrollment.schema_migration SET sha256 = 'x' WHERE version = 1 RETURNING version");
        var (code, said) = await Run(tenant);
        Assert.Equal(1, code);
        Assert.Contains("0001_create_test_outbox was changed", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Secrets:DatabaseAdmin:User", null, "configuration Secrets:DatabaseAdmin:User is missing")]
    [InlineData("Secrets:DatabaseAdmin:Password", "guess", "28P01")]
    [InlineData("database", "Host=127.0.0.1;Port=1", "Failed to connect")]
    [InlineData("password", null, "nothing to migrate")]
    public async Task Missing_or_wrong_setting_ends_with_its_name(string key, string? value, string said)
    {
        var tenant = PostgresFixture.NewTenant();
        var changed = key switch { "database" => $"Tenants:{tenant.Code}:Database", "password" => $"Secrets:Database:{tenant.Code}:enrollment", _ => key };
        var outcome = await Run(tenant, (changed, value));
        Assert.Equal(1, outcome.Code);
        Assert.Contains(said, outcome.Said, StringComparison.Ordinal);
    }
}
