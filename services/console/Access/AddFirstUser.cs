using System.Globalization;
using System.Security.Cryptography;
using MedInsure.Hosting.Tenancy;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MedInsure.Console.Access;

/// <summary>A user made without the console: the first one of an installation ("add-user CITY NAME": its role is operations, its password is printed once), and a sample's.</summary>
public static class AddFirstUser
{
    public sealed record Entry(string Name, string DisplayName, string Role, string Place, string Password, string Township = "", string Provider = "", string Insurer = "");

    public static async Task<int> Run(IConfiguration configuration, string city, string name, TextWriter output)
    {
        await using var databases = new TenantDatabases(configuration, TenantDirectory.Read(configuration));
        var password = RandomNumberGenerator.GetHexString(20, lowercase: true);
        await Execute(databases.For(city, ConsoleModule.Service), [new Entry(name, name, Roles.Operations, city, password)], CancellationToken.None);
        await output.WriteLineAsync(password);
        return 0;
    }

    /// <summary>Adds those that are not there yet. Random passwords of full strength are hashed once, which is enough for them; the first sign-in hashes them as people's are.</summary>
    public static async Task Execute(NpgsqlDataSource database, IReadOnlyCollection<Entry> users, CancellationToken cancellation)
    {
        var hasher = new PasswordHasher<string>(Options.Create(new PasswordHasherOptions { IterationCount = 1 }));
        await using var batch = database.CreateBatch();
        foreach (var user in users)
            batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO console_user (name, display_name, role, place, township, provider, insurer, password_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO NOTHING")
            {
                Parameters = { new() { Value = user.Name }, new() { Value = user.DisplayName }, new() { Value = user.Role }, new() { Value = user.Place }, new() { Value = user.Township }, new() { Value = user.Provider }, new() { Value = user.Insurer }, new() { Value = hasher.HashPassword("", user.Password) } },
            });
        await batch.ExecuteNonQueryAsync(cancellation);
    }
}
