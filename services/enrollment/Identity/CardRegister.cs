using MedInsure.Enrollment.Persons;
using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Enrollment.Identity;

/// <summary>Social-security cards: registered, reported lost, found again, replaced; who said so and why stays.</summary>
internal static class CardRegister
{
    public sealed record NewCard(string? CardNo, string? CardSn, string? PsnNo, DateOnly? IssuedOn, string? By, string? Why);
    public sealed record Report(string? CardNo, string? CardSn, string? State, string? By, string? Why);
    public sealed record Card(string CardNo, string CardSn, string PsnNo, string State);
    public sealed record Step(string CardNo, string CardSn, DateTimeOffset At, string By, string FromState, string ToState, string Why);

    /// <summary>A person's card; it replaces the one before. The same card again changes nothing.</summary>
    public static async Task<Outcome<Card>> Register(NpgsqlDataSource database, NewCard card, DateTimeOffset at, CancellationToken cancellation)
    {
        if (Checked(card.CardNo, card.CardSn, card.By, card.Why) is { } bad) return bad;
        if (string.IsNullOrEmpty(card.PsnNo)) return Refusals.NumberMissing;
        if (card.IssuedOn is not { } issuedOn) return IdentityRefusals.TextInvalid.At("issued_on");
        var number = card.CardNo!.ToUpperInvariant();

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // One registration of a person at a time: the second sees the first one's card.
        await using (var person = Sql(connection, transaction, "SELECT psn_no FROM person WHERE psn_no = $1 AND merged_into IS NULL FOR NO KEY UPDATE", card.PsnNo))
            if (await person.ExecuteScalarAsync(cancellation) is null) return Refusals.PersonUnknown.At("psn_no");
        await using (var insert = Sql(connection, transaction, "INSERT INTO card (card_no, card_sn, psn_no, state, issued_on) VALUES ($1, $2, $3, 'replaced', $4) ON CONFLICT DO NOTHING", number, card.CardSn!, card.PsnNo, issuedOn))
            if (await insert.ExecuteNonQueryAsync(cancellation) == 0)
            {
                if (await Lock(connection, transaction, number, card.CardSn!, cancellation) is not { } known || known.PsnNo != card.PsnNo) return IdentityRefusals.CardTaken;
                return known.State == "active" ? known : IdentityRefusals.CardStateFinal.At("card_sn");
            }

        var before = new List<Card>();
        await using (var others = Sql(connection, transaction, $"SELECT card_no, card_sn, psn_no, state FROM card WHERE psn_no IN {IdentityRefusals.NumbersSql} AND state <> 'replaced' ORDER BY card_no, card_sn FOR UPDATE", card.PsnNo))
        await using (var reader = await others.ExecuteReaderAsync(cancellation))
            while (await reader.ReadAsync(cancellation)) before.Add(new Card(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        foreach (var old in before) await Move(connection, transaction, old, "replaced", card.By!, card.Why!, at, cancellation);
        var fresh = new Card(number, card.CardSn!, card.PsnNo, "");
        await Move(connection, transaction, fresh, "active", card.By!, card.Why!, at, cancellation);
        await transaction.CommitAsync(cancellation);
        return fresh with { State = "active" };
    }

    /// <summary>Lost: refused from now on. Active: a lost one was found. The same again changes nothing.</summary>
    public static async Task<Outcome<Card>> SetState(NpgsqlDataSource database, Report report, DateTimeOffset at, CancellationToken cancellation)
    {
        if (Checked(report.CardNo, report.CardSn, report.By, report.Why) is { } bad) return bad;
        if (report.State is not ("lost" or "active")) return IdentityRefusals.CardStateUnknown;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await Lock(connection, transaction, report.CardNo!.ToUpperInvariant(), report.CardSn!, cancellation) is not { } card) return IdentityRefusals.CardUnknown;
        if (card.State == report.State) return card;
        if (card.State == "replaced") return IdentityRefusals.CardStateFinal;
        await Move(connection, transaction, card, report.State, report.By!, report.Why!, at, cancellation);
        await transaction.CommitAsync(cancellation);
        return card with { State = report.State };
    }

    /// <summary>What was said of a person's cards, the oldest first.</summary>
    public static async Task<List<Step>> History(NpgsqlDataSource database, string psnNo, CancellationToken cancellation)
    {
        return await database.Rows($"SELECT s.card_no, s.card_sn, s.at, s.acted_by, s.from_state, s.to_state, s.why FROM card_step s JOIN card c USING (card_no, card_sn) WHERE c.psn_no IN {IdentityRefusals.NumbersSql} ORDER BY s.step_no",
            reader => new Step(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6)), cancellation, psnNo);
    }

    private static Refusal? Checked(string? number, string? serial, string? by, string? why) =>
        EnrollmentTexts.Check(number, 50, "card_no") ?? EnrollmentTexts.Check(serial, 32, "card_sn") ?? TwoPeople.Name(by, "by")
        ?? EnrollmentTexts.NoReason(why);

    private static async Task<Card?> Lock(NpgsqlConnection connection, NpgsqlTransaction transaction, string number, string serial, CancellationToken cancellation)
    {
        await using var command = Sql(connection, transaction, "SELECT psn_no, state FROM card WHERE card_no = $1 AND card_sn = $2 FOR UPDATE", number, serial);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? new Card(number, serial, reader.GetString(0), reader.GetString(1)) : null;
    }

    private static async Task Move(NpgsqlConnection connection, NpgsqlTransaction transaction, Card card, string to, string by, string why, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var state = Sql(connection, transaction, "UPDATE card SET state = $3 WHERE card_no = $1 AND card_sn = $2", card.CardNo, card.CardSn, to);
        await state.ExecuteNonQueryAsync(cancellation);
        await using var step = Sql(connection, transaction, "INSERT INTO card_step (card_no, card_sn, at, acted_by, from_state, to_state, why) VALUES ($1, $2, $3, $4, $5, $6, $7)", card.CardNo, card.CardSn, at.UtcDateTime, by.Trim(), card.State, to, why);
        await step.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlCommand Sql(NpgsqlConnection connection, NpgsqlTransaction transaction, string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
