using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.ProviderRegistry.Providers;
using MedInsure.ProviderRegistry.Publications;
using Npgsql;
using NpgsqlTypes;

namespace MedInsure.ProviderRegistry.Doctors;

/// <summary>Suspends a doctor, lets them act again, or ends it. Decisions are appended, so that a late claim is judged by its own day.</summary>
internal sealed class SetDoctorStatus(ChinaCalendar calendar)
{
    private const int ReasonLengthMax = 500;

    public async Task<Outcome<Doctor>> Apply(string city, NpgsqlDataSource database, SetDoctorStatusRequest request, CancellationToken cancellation)
    {
        if (request.Status is AgreementStatus.Unspecified || !Enum.IsDefined(request.Status)) return Refusals.StatusMissing;
        if (!Days.TryRead(request.FromOn, out var day)) return Refusals.DayInvalid.At("from_on");
        if (!Days.TryRead(request.ToOn, out var to)) return Refusals.DayInvalid.At("to_on");
        if (day is not { } from) return Refusals.FromDayMissing;
        if (to < from) return Refusals.DoctorEndsBeforeStart;
        if (to is not null && request.Status != AgreementStatus.Suspended) return Refusals.DoctorOnlySuspensionEnds;
        if (request.Reason.Length > ReasonLengthMax) return Refusals.ReasonTooLong;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await Publication.Lock(connection, cancellation);
        if (await DoctorReader.Read(connection, "WHERE doctor_code = $1", [new() { Value = request.DoctorCode }], cancellation) is not [var doctor]) return Refusals.DoctorUnknown;
        if (doctor.StatusChange is [.., var last])
        {
            if ((last.Status, last.FromOn, last.ToOn) == (request.Status, request.FromOn, request.ToOn)) return doctor;
            if (last.Status == AgreementStatus.Terminated) return Refusals.DoctorTerminated;
            if (request.FromOn < last.FromOn) return Refusals.DoctorBeforeLastChange;
        }

        var version = await Publication.Newest(connection, Publication.Doctors, cancellation) + 1;
        await using (var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("INSERT INTO doctor_status_change (doctor_code, seq, status, from_on, to_on, reason, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7)")
                {
                    Parameters =
                    {
                        new() { Value = doctor.DoctorCode }, new() { Value = doctor.StatusChange.Count + 1 }, new() { Value = AgreementStatusName.Of(request.Status) }, new() { Value = from },
                        new() { NpgsqlDbType = NpgsqlDbType.Date, Value = (object?)to ?? DBNull.Value }, new() { Value = request.Reason }, new() { Value = calendar.UtcNow.UtcDateTime },
                    },
                },
                new("UPDATE doctor SET version = $2 WHERE doctor_code = $1") { Parameters = { new() { Value = doctor.DoctorCode }, new() { Value = version } } },
            },
        }) await batch.ExecuteNonQueryAsync(cancellation);
        await Publication.Record(connection, Publication.Doctors, version, 1, calendar.UtcNow, cancellation);
        await Outbox.Add(connection, transaction, [OutboxEvent.Of(city, new DoctorsChanged(city, version), calendar.UtcNow)], cancellation);
        var changed = await DoctorReader.Read(connection, "WHERE doctor_code = $1", [new() { Value = request.DoctorCode }], cancellation);
        await transaction.CommitAsync(cancellation);
        return changed[0];
    }
}
