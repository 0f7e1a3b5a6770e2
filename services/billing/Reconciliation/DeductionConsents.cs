using MedInsure.Billing.Payments;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Billing.Reconciliation;

/// <summary>Who lets a bank deduct: recorded, withdrawn, listed. A person consents to one bank at a time.</summary>
internal static class DeductionConsents
{
    internal sealed record Order(string? RequestKey, string? PsnNo, string? Bank, string? AccountNo, string? AccountName, string? AgreedOn, string? RecordedBy);

    internal sealed record Withdrawal(string? Reason, string? WithdrawnBy);

    /// <param name="AccountNo">Its last four digits.</param>
    internal sealed record Consent(long ConsentNo, string PsnNo, string Bank, string AccountNo, string AccountName, string AgreedOn, string RecordedBy, string RecordedAt, string? WithdrawnAt, string WithdrawnBy, string WithdrawalReason);

    public static async Task<Outcome<Consent>> Record(NpgsqlDataSource database, Order order, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoKey(order.RequestKey) is { } noKey) return noKey;
        if (!RequestTexts.IsText(order.PsnNo, 40)) return Refusals.NumberMissing;
        if (!PaymentTexts.IsChannel(order.Bank)) return PaymentRefusals.ChannelInvalid.At("bank");
        if (order.AccountNo is not { Length: >= 6 and <= 32 } account || !account.All(char.IsAsciiDigit)) return BankRefusals.AccountInvalid;
        // A comma would end the field in the bank's file.
        if (order.AccountName is not { } name || TwoPeople.Name(name, "account_name") is not null || name.AsSpan().IndexOfAny(",\r\n") >= 0) return BankRefusals.AccountInvalid.At("account_name");
        if (!PaymentTexts.IsPastDay(order.AgreedOn, calendar.Today, out var agreed)) return PaymentRefusals.DayInvalid.At("agreed_on");
        if (TwoPeople.Name(order.RecordedBy, "recorded_by") is { } nobody) return nobody;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            await using var insert = new NpgsqlCommand("""
                INSERT INTO deduction_consent (request_key, psn_no, bank, account_no, account_name, agreed_on, recorded_by, recorded_at)
                SELECT $1, psn_no, $3, $4, $5, $6, $7, $8 FROM insured_person WHERE psn_no = $2 ON CONFLICT (request_key) DO NOTHING
                """, connection)
            {
                Parameters =
                {
                    new() { Value = order.RequestKey }, new() { Value = order.PsnNo }, new() { Value = order.Bank }, new() { Value = account }, new() { Value = name.Trim() }, new() { Value = agreed },
                    new() { Value = order.RecordedBy!.Trim() }, new() { Value = calendar.UtcNow.UtcDateTime },
                },
            };
            await insert.ExecuteNonQueryAsync(cancellation);
        }
        catch (PostgresException e) when (e.ConstraintName == "a_person_consents_to_one_bank")
        {
            // Of one request sent twice at once the second may meet the first here.
            if (await Find(connection, "request_key = $1", order.RequestKey!, cancellation) is null) return BankRefusals.ConsentStands;
        }
        if (await Find(connection, "request_key = $1", order.RequestKey!, cancellation) is not { } consent) return PaymentRefusals.PersonUnknown;
        // The whole account number, which leaves the database masked only.
        var isSame = (consent.PsnNo, consent.Bank, consent.AgreedOn) == (order.PsnNo, order.Bank, order.AgreedOn) && await Find(connection, "consent_no = $1 AND account_no = $2", consent.ConsentNo, cancellation, account) is not null;
        return isSame ? consent : Refusals.RequestKeyReused;
    }

    public static async Task<Outcome<Consent>> Withdraw(NpgsqlDataSource database, long consentNo, Withdrawal withdrawal, ChinaCalendar calendar, CancellationToken cancellation)
    {
        if (RequestTexts.NoReason(withdrawal.Reason) is { } noReason) return noReason;
        if (TwoPeople.Name(withdrawal.WithdrawnBy, "withdrawn_by") is { } nobody) return nobody;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using (var update = new NpgsqlCommand("UPDATE deduction_consent SET withdrawn_at = $2, withdrawn_by = $3, withdrawal_reason = $4 WHERE consent_no = $1 AND withdrawn_at IS NULL", connection)
        {
            Parameters = { new() { Value = consentNo }, new() { Value = calendar.UtcNow.UtcDateTime }, new() { Value = withdrawal.WithdrawnBy!.Trim() }, new() { Value = withdrawal.Reason } },
        })
            await update.ExecuteNonQueryAsync(cancellation);
        if (await Find(connection, "consent_no = $1", consentNo, cancellation) is not { } consent) return BankRefusals.ConsentUnknown;
        return (consent.WithdrawnBy, consent.WithdrawalReason) == (withdrawal.WithdrawnBy!.Trim(), withdrawal.Reason) ? consent : BankRefusals.ConsentWithdrawn;
    }

    /// <summary>A person's, the newest first.</summary>
    public static async Task<List<Consent>> List(NpgsqlDataSource database, string psnNo, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await Read(connection, "psn_no = $1 ORDER BY consent_no DESC", psnNo, cancellation);
    }

    private static string Masked(string account) => $"****{account[^4..]}";

    private static async Task<Consent?> Find(NpgsqlConnection connection, string where, object value, CancellationToken cancellation, params object[] values) =>
        (await Read(connection, where, value, cancellation, values)).SingleOrDefault();

    private static async Task<List<Consent>> Read(NpgsqlConnection connection, string where, object value, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand($"SELECT consent_no, psn_no, bank, account_no, account_name, agreed_on, recorded_by, recorded_at, withdrawn_at, withdrawn_by, withdrawal_reason FROM deduction_consent WHERE {where}", connection)
        {
            Parameters = { new() { Value = value } },
        };
        foreach (var more in values) command.Parameters.Add(new() { Value = more });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var consents = new List<Consent>();
        while (await reader.ReadAsync(cancellation))
            consents.Add(new Consent(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), Masked(reader.GetString(3)), reader.GetString(4), BillingJson.Day(reader.GetFieldValue<DateOnly>(5)), reader.GetString(6),
                BillingJson.Time(reader.GetDateTime(7)), reader.IsDBNull(8) ? null : BillingJson.Time(reader.GetDateTime(8)), reader.GetString(9), reader.GetString(10)));
        return consents;
    }
}
