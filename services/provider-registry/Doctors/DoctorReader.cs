using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.ProviderRegistry.Providers;
using Npgsql;

namespace MedInsure.ProviderRegistry.Doctors;

/// <summary>Doctors with their posts and the decisions on them.</summary>
internal static class DoctorReader
{
    /// <param name="choose">What follows FROM doctor, with parameters $1 … : which, in which order, how many.</param>
    public static async Task<List<Doctor>> Read(NpgsqlConnection connection, string choose, NpgsqlParameter[] parameters, CancellationToken cancellation)
    {
        var doctors = new List<Doctor>();
        await using (var command = new NpgsqlCommand($"SELECT doctor_code, doctor_name, version FROM doctor {choose}", connection))
        {
            command.Parameters.AddRange(parameters);
            await using var rows = await command.ExecuteReaderAsync(cancellation);
            while (await rows.ReadAsync(cancellation)) doctors.Add(new Doctor { DoctorCode = rows.GetString(0), DoctorName = rows.GetString(1), Version = rows.GetInt64(2) });
        }
        if (doctors.Count == 0) return doctors;

        var byCode = doctors.ToDictionary(d => d.DoctorCode);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("SELECT doctor_code, fixmedins_code, from_on, to_on, department_code, title, agreement_no FROM doctor_post WHERE doctor_code = ANY ($1) ORDER BY doctor_code, fixmedins_code, from_on") { Parameters = { new() { Value = byCode.Keys.ToArray() } } },
                new("SELECT doctor_code, status, from_on, to_on, reason FROM doctor_status_change WHERE doctor_code = ANY ($1) ORDER BY doctor_code, seq") { Parameters = { new() { Value = byCode.Keys.ToArray() } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            byCode[reader.GetString(0)].Post.Add(new DoctorPost { FixmedinsCode = reader.GetString(1), FromOn = Day(reader, 2), ToOn = Day(reader, 3), DepartmentCode = reader.GetString(4), Title = reader.GetString(5), AgreementNo = reader.GetString(6) });
        await reader.NextResultAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            byCode[reader.GetString(0)].StatusChange.Add(new DoctorStatusChange { Status = AgreementStatusName.Parse(reader.GetString(1)), FromOn = Day(reader, 2), ToOn = Day(reader, 3), Reason = reader.GetString(4) });
        return doctors;
    }

    private static int Day(NpgsqlDataReader reader, int field) => reader.IsDBNull(field) ? 0 : DayNumber.Of(reader.GetFieldValue<DateOnly>(field));
}
