using MedInsure.Events;
using MedInsure.Hosting.Messaging;
using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using MedInsure.ProviderRegistry.Publications;
using Npgsql;

namespace MedInsure.ProviderRegistry.Providers;

/// <summary>Suspends, resumes or ends a provider's newest agreement from a day on. Decisions are appended, so that a late claim is judged by its own day.</summary>
internal sealed class SetAgreementStatus(ChinaCalendar calendar)
{
    private const int ReasonLengthMax = 500;

    public async Task<Outcome<Provider>> Apply(string city, NpgsqlDataSource database, SetAgreementStatusRequest request, CancellationToken cancellation)
    {
        if (request.Status is AgreementStatus.Unspecified || !Enum.IsDefined(request.Status)) return Refusals.StatusMissing;
        if (!Days.TryRead(request.FromOn, out var day)) return Refusals.DayInvalid.At("from_on");
        if (day is not { } from) return Refusals.FromDayMissing;
        if (request.Reason.Length > ReasonLengthMax) return Refusals.ReasonTooLong;

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await Publication.Lock(connection, cancellation);

        NpgsqlParameter[] one = [new() { Value = request.FixmedinsCode }];
        if (await ProviderReader.Read(connection, "WHERE fixmedins_code = $1", one, cancellation) is not [var provider]) return Refusals.ProviderUnknown;
        if (provider.Agreement is not { } agreement) return Refusals.AgreementMissing;
        if (Check(agreement, request.Status, from) is { } decided) return decided.Refusal is { } refusal ? refusal : provider;

        var version = await Publication.Newest(connection, Publication.Providers, cancellation) + 1;
        await using (var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("INSERT INTO agreement_status_change (fixmedins_code, agreement_no, seq, status, from_on, reason, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7)")
                {
                    Parameters =
                    {
                        new() { Value = provider.FixmedinsCode }, new() { Value = agreement.AgreementNo }, new() { Value = agreement.StatusChange.Count + 1 },
                        new() { Value = AgreementStatusName.Of(request.Status) }, new() { Value = from }, new() { Value = request.Reason }, new() { Value = calendar.UtcNow.UtcDateTime },
                    },
                },
                new("UPDATE provider SET version = $2 WHERE fixmedins_code = $1") { Parameters = { new() { Value = provider.FixmedinsCode }, new() { Value = version } } },
            },
        }) await batch.ExecuteNonQueryAsync(cancellation);
        await Publication.Record(connection, Publication.Providers, version, 1, calendar.UtcNow, cancellation);
        await Outbox.Add(connection, transaction, [OutboxEvent.Of(city, new ProvidersChanged(city, version), calendar.UtcNow)], cancellation);
        var changed = await ProviderReader.Read(connection, "WHERE fixmedins_code = $1", [new() { Value = request.FixmedinsCode }], cancellation);
        await transaction.CommitAsync(cancellation);
        return changed[0];
    }

    /// <summary>Null: to be recorded. Otherwise the answer: nothing to do, or a refusal.</summary>
    internal static (Refusal? Refusal, bool Same)? Check(Agreement agreement, AgreementStatus status, DateOnly from)
    {
        if (agreement.StatusChange.Count > 0 && agreement.Status == status && agreement.StatusFromOn == DayNumber.Of(from)) return (null, true);
        if (agreement.Status == AgreementStatus.Terminated) return (Refusals.AgreementTerminated, false);
        if (agreement.Status == status) return (Refusals.AlreadySo, false);
        if (DayNumber.Of(from) < agreement.FromOn || (agreement.ToOn != 0 && DayNumber.Of(from) > agreement.ToOn)) return (Refusals.OutsidePeriod, false);
        if (agreement.StatusChange.Count > 0 && DayNumber.Of(from) < agreement.StatusFromOn) return (Refusals.BeforeLastChange, false);
        return null;
    }
}
