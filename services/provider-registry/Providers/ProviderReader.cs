using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using Npgsql;

namespace MedInsure.ProviderRegistry.Providers;

/// <summary>Providers with their agreements and decisions, in two round trips.</summary>
internal static class ProviderReader
{
    /// <param name="choose">What follows FROM provider, with parameters $1 … : which, in which order, how many.</param>
    public static async Task<List<Provider>> Read(NpgsqlConnection connection, string choose, NpgsqlParameter[] parameters, CancellationToken cancellation)
    {
        var providers = new List<Provider>();
        await using (var command = new NpgsqlCommand($"SELECT fixmedins_code, fixmedins_name, fixmedins_type, hosp_lv, policy_level, county, ownership, version FROM provider {choose}", connection))
        {
            command.Parameters.AddRange(parameters);
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation))
                providers.Add(new Provider
                {
                    FixmedinsCode = rows.GetString(0),
                    FixmedinsName = rows.GetString(1),
                    FixmedinsType = rows.GetString(2),
                    HospLv = rows.GetString(3),
                    PolicyLevel = rows.GetString(4),
                    County = rows.GetString(5),
                    Ownership = rows.GetString(6),
                    Version = rows.GetInt64(7),
                });
        }
        if (providers.Count > 0) await AddAgreements(connection, providers, cancellation);
        return providers;
    }

    private static async Task AddAgreements(NpgsqlConnection connection, List<Provider> providers, CancellationToken cancellation)
    {
        var codes = providers.ConvertAll(p => p.FixmedinsCode).ToArray();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("SELECT fixmedins_code, agreement_no, from_on, to_on FROM agreement WHERE fixmedins_code = ANY ($1) ORDER BY fixmedins_code, from_on DESC") { Parameters = { new() { Value = codes } } },
                new("SELECT fixmedins_code, agreement_no, status, from_on, reason FROM agreement_status_change WHERE fixmedins_code = ANY ($1) ORDER BY fixmedins_code, agreement_no, seq") { Parameters = { new() { Value = codes } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var byCode = providers.ToDictionary(p => p.FixmedinsCode);
        var agreements = new Dictionary<(string, string), Agreement>();

        while (await reader.ReadAsync(cancellation))
        {
            if (!byCode.TryGetValue(reader.GetString(0), out var provider)) continue;
            var agreement = new Agreement
            {
                AgreementNo = reader.GetString(1),
                FromOn = DayNumber.Of(reader.GetFieldValue<DateOnly>(2)),
                ToOn = reader.IsDBNull(3) ? 0 : DayNumber.Of(reader.GetFieldValue<DateOnly>(3)),
                Status = AgreementStatus.Active,
            };
            agreement.StatusFromOn = agreement.FromOn;
            agreements[(provider.FixmedinsCode, agreement.AgreementNo)] = agreement;
            if (provider.Agreement is null) provider.Agreement = agreement;
            else provider.EarlierAgreement.Add(agreement);
        }

        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            if (!agreements.TryGetValue((reader.GetString(0), reader.GetString(1)), out var agreement)) continue;
            var change = new AgreementStatusChange { Status = AgreementStatusName.Parse(reader.GetString(2)), FromOn = DayNumber.Of(reader.GetFieldValue<DateOnly>(3)), Reason = reader.GetString(4) };
            agreement.StatusChange.Add(change);
            (agreement.Status, agreement.StatusFromOn) = (change.Status, change.FromOn);
        }
    }
}

/// <summary>A status as the table agreement_status_change writes it.</summary>
internal static class AgreementStatusName
{
    public static AgreementStatus Parse(string name) => name switch
    {
        "active" => AgreementStatus.Active,
        "suspended" => AgreementStatus.Suspended,
        "terminated" => AgreementStatus.Terminated,
        _ => throw new InvalidOperationException($"agreement status {name}"),
    };

    public static string Of(AgreementStatus status) => status switch
    {
        AgreementStatus.Active => "active",
        AgreementStatus.Suspended => "suspended",
        AgreementStatus.Terminated => "terminated",
        _ => throw new InvalidOperationException($"agreement status {status}"),
    };
}
