using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace MedInsure.Hosting.Tenancy;

/// <summary>
/// Makes a tenant's database and, for one service, its owner role, runtime role and schema. Idempotent; several may run at once.
/// Nobody else may connect to the database; the runtime role may read and write rows of its own schema and make temporary tables, nothing more.
/// </summary>
public static class TenantProvisioning
{
    private const long ProvisioningLock = 0x6D65_6469_6E73_0001;

    /// <param name="adminConnectionString">A role with CREATEDB and CREATEROLE, or a superuser, on the tenant's server.</param>
    /// <param name="runtimePassword">Only its SCRAM verifier goes to the server, so that no statement log ever holds it.</param>
    public static async Task Provision(string adminConnectionString, Tenant tenant, string service, string runtimePassword, CancellationToken cancellation = default)
    {
        var (database, schema) = (TenantNames.Database(tenant.Code), TenantNames.Schema(service));
        var (owner, runtime) = (TenantNames.Owner(tenant.Code, service), TenantNames.Runtime(tenant.Code, service));

        // Roles belong to the whole server and CREATE DATABASE copies a template: one provisioning at a time per server.
        await using var server = await Open(adminConnectionString, null, cancellation);
        await Run(server, $"SELECT pg_advisory_lock({ProvisioningLock})", cancellation);

        await Run(server, $"""
            DO $do$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') THEN CREATE ROLE {owner} NOLOGIN; END IF;
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{runtime}') THEN CREATE ROLE {runtime} LOGIN; END IF;
                -- A superuser needs no membership; a managed service's administrator does, to give the schema away and to run migrations.
                IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN EXECUTE format('GRANT {owner} TO %I', current_user); END IF;
            END $do$;
            ALTER ROLE {runtime} WITH LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD '{ScramVerifier(runtimePassword)}';
            """, cancellation);

        await using (var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", server) { Parameters = { new() { Value = database } } })
            if (await exists.ExecuteScalarAsync(cancellation) is null) await Run(server, $"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'", cancellation);

        await Run(server, $"""
            REVOKE ALL ON DATABASE {database} FROM PUBLIC;
            GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {runtime};
            ALTER ROLE {runtime} IN DATABASE {database} SET search_path = {schema};
            """, cancellation);

        await using var inside = await Open(adminConnectionString, database, cancellation);
        await Run(inside, $"""
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner};
            SET ROLE {owner};
            REVOKE ALL ON SCHEMA {schema} FROM PUBLIC;
            GRANT USAGE ON SCHEMA {schema} TO {runtime};
            ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {runtime};
            ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {runtime};
            ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT EXECUTE ON FUNCTIONS TO {runtime};
            -- Written once by the migration runner, read by the readiness check, never by the service's statements.
            CREATE TABLE IF NOT EXISTS {schema}.schema_migration (
                version int PRIMARY KEY,
                name text NOT NULL,
                sha256 text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            );
            REVOKE INSERT, UPDATE, DELETE ON {schema}.schema_migration FROM {runtime};
            """, cancellation);
    }

    internal static async Task<NpgsqlConnection> Open(string adminConnectionString, string? database, CancellationToken cancellation)
    {
        // No pool: a pooled administrator's session would outlive the work and hold its locks and role.
        var settings = new NpgsqlConnectionStringBuilder(adminConnectionString) { Pooling = false, ApplicationName = "medinsure migrations" };
        if (database is not null) settings.Database = database;
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellation);
        return connection;
    }

    internal static async Task Run(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        // Long migrations and waits for the lock are expected; the caller's token ends them.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>PostgreSQL's stored form of a password (RFC 5803). Passwords are printable ASCII, for which SASLprep changes nothing.</summary>
    private static string ScramVerifier(string password)
    {
        if (password.Length == 0 || password.Any(c => c is < ' ' or > '~')) throw new ArgumentException("a role's password must be printable ASCII", nameof(password));
        const int iterations = 4096;
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, Encoding.ASCII.GetBytes("Client Key")));
        var serverKey = HMACSHA256.HashData(salted, Encoding.ASCII.GetBytes("Server Key"));
        return $"SCRAM-SHA-256${iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(serverKey)}";
    }
}
