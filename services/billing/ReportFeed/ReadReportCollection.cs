using System.Data;
using System.Security.Cryptography;
using Google.Protobuf;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.ReportFeed;

/// <summary>Assessments, payments and bills as they stand, summed for reporting. Looks at all of them: who asks spaces its calls by how long one takes.</summary>
internal static class ReadReportCollection
{
    public static async Task<Outcome<ReadReportCollectionReply>> Query(NpgsqlDataSource database, ReadReportCollectionRequest request, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var reply = new ReadReportCollectionReply();
        await Assessed(connection, reply, cancellation);
        await Collected(connection, reply, cancellation);
        await Billed(connection, reply, cancellation);
        var hash = ByteString.CopyFrom(SHA256.HashData(reply.ToByteArray()));
        return hash == request.KnownSha256 ? new ReadReportCollectionReply { Sha256 = hash, Unchanged = true } : Hashed(reply, hash);
    }

    private static ReadReportCollectionReply Hashed(ReadReportCollectionReply reply, ByteString hash)
    {
        reply.Sha256 = hash;
        return reply;
    }

    /// <summary>Categories come in the order in which they were found: rows that differ in it alone are one.</summary>
    private static async Task Assessed(NpgsqlConnection connection, ReadReportCollectionReply reply, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT insutype, year, person_class, psn_type, cats, aid_id, aid_payer, sum(persons)::bigint, sum(settled)::bigint, sum(aided_whole)::bigint, sum(personal)::bigint, sum(aid)::bigint, sum(collective)::bigint,
                sum(due)::bigint, sum(paid)::bigint, sum(central)::bigint, sum(province)::bigint, sum(city)::bigint, sum(county)::bigint
            FROM (
                SELECT insutype, year, person_class, psn_type, array(SELECT c FROM unnest(categories) AS c ORDER BY c COLLATE "C") AS cats, aid_id, aid_payer, count(*) AS persons,
                    count(*) FILTER (WHERE paid_fen >= due_fen) AS settled, count(*) FILTER (WHERE due_fen = 0 AND personal_fen > 0) AS aided_whole, sum(personal_fen) AS personal, sum(aid_fen) AS aid,
                    sum(collective_fen) AS collective, sum(due_fen) AS due, sum(paid_fen) AS paid, sum(central_fen) AS central, sum(province_fen) AS province, sum(city_fen) AS city, sum(county_fen) AS county
                FROM assessment WHERE NOT withdrawn GROUP BY insutype, year, person_class, psn_type, categories, aid_id, aid_payer
            ) g GROUP BY insutype, year, person_class, psn_type, cats, aid_id, aid_payer ORDER BY insutype, year, person_class, psn_type, cats, aid_id, aid_payer
            """, connection) { CommandTimeout = 0 };
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
        {
            var row = new ReportAssessed
            {
                Insutype = r.GetString(0), Year = r.GetInt32(1), PersonClass = r.GetString(2), PsnType = r.GetString(3), AidId = r.GetString(5), AidPayer = r.GetString(6), Persons = r.GetInt64(7), SettledPersons = r.GetInt64(8),
                AidedWholePersons = r.GetInt64(9), PersonalFen = r.GetInt64(10), AidFen = r.GetInt64(11), CollectiveFen = r.GetInt64(12), DueFen = r.GetInt64(13), PaidFen = r.GetInt64(14),
                CentralFen = r.GetInt64(15), ProvinceFen = r.GetInt64(16), CityFen = r.GetInt64(17), CountyFen = r.GetInt64(18),
            };
            row.Category.AddRange(r.GetFieldValue<string[]>(4));
            reply.Assessed.Add(row);
        }
    }

    /// <summary>A refund is told by its own cause and the day it was paid out; what it took back from a person's year is the same money.</summary>
    private static async Task Collected(NpgsqlConnection connection, ReadReportCollectionReply reply, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT insutype, period, channel, cause, month, count(DISTINCT psn_no), sum(amount_fen)::bigint
            FROM (
                SELECT a.insutype, a.year AS period, p.channel, a.cause, extract(year FROM p.value_on)::int * 100 + extract(month FROM p.value_on)::int AS month, a.psn_no, a.amount_fen
                FROM allocation a JOIN payment p USING (payment_no) WHERE a.cause <> 'refund'
                UNION ALL
                SELECT r.insutype, r.year, p.channel, 'refund-' || r.cause, extract(year FROM r.paid_on)::int * 100 + extract(month FROM r.paid_on)::int, r.psn_no, -r.amount_fen
                FROM refund r JOIN payment p USING (payment_no) WHERE r.state = 'paid'
            ) m GROUP BY insutype, period, channel, cause, month ORDER BY insutype, period, channel COLLATE "C", cause COLLATE "C", month
            """, connection) { CommandTimeout = 0 };
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            reply.Collected.Add(new ReportCollected { Insutype = r.GetString(0), Period = r.GetInt32(1), Channel = r.GetString(2), Cause = r.GetString(3), Month = r.GetInt32(4), Persons = r.GetInt64(5), AmountFen = r.GetInt64(6) });
    }

    private static async Task Billed(NpgsqlConnection connection, ReadReportCollectionReply reply, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT insutype, month, kind, count(*), sum(persons)::bigint, sum(employer_fen)::bigint, sum(employee_fen)::bigint, sum(maternity_fen)::bigint, sum(late_charge_fen)::bigint, sum(amount_fen)::bigint,
                coalesce(sum(amount_fen) FILTER (WHERE settlement_no IS NOT NULL), 0)::bigint, count(settlement_no)
            FROM bill GROUP BY insutype, month, kind ORDER BY insutype, month, kind
            """, connection) { CommandTimeout = 0 };
        await using var r = await command.ExecuteReaderAsync(cancellation);
        while (await r.ReadAsync(cancellation))
            reply.Billed.Add(new ReportBilled
            {
                Insutype = r.GetString(0), Month = r.GetInt32(1), Kind = r.GetString(2), Bills = r.GetInt64(3), Persons = r.GetInt64(4), EmployerFen = r.GetInt64(5), EmployeeFen = r.GetInt64(6), MaternityFen = r.GetInt64(7),
                LateChargeFen = r.GetInt64(8), AmountFen = r.GetInt64(9), SettledFen = r.GetInt64(10), SettledBills = r.GetInt64(11),
            });
    }
}
