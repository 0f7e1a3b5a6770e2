using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.OwnBills;

internal static class ListEmployerBills
{
    public const int PageSize = 100;

    public static async Task<Outcome<ListEmployerBillsReply>> Read(NpgsqlDataSource database, string employerNo, ListEmployerBillsRequest request, DateOnly today, CancellationToken cancellation)
    {
        if (request.PageSize is < 0 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var size = request.PageSize == 0 ? PageSize : request.PageSize;
        var reply = new ListEmployerBillsReply();
        await using (var command = database.CreateCommand("""
            SELECT b.bill_no, b.insutype, b.month, b.persons, b.employer_fen, b.employee_fen, b.maternity_fen, b.late_charge_fen, b.other_fen, b.amount_fen, b.due_on, s.settled_on
            FROM bill b LEFT JOIN bill_settlement s USING (settlement_no) WHERE b.payer_no = $1 AND ($2 = 0 OR b.bill_no < $2) ORDER BY b.bill_no DESC LIMIT $3
            """))
        {
            foreach (var value in (object[])[employerNo, request.BeforeBillNo, size]) command.Parameters.Add(new() { Value = value });
            await using var r = await command.ExecuteReaderAsync(cancellation);
            while (await r.ReadAsync(cancellation))
                reply.Bill.Add(new EmployerBill
                {
                    BillNo = r.GetInt64(0), Insutype = r.GetString(1), Month = r.GetInt32(2), Persons = r.GetInt32(3), EmployerFen = r.GetInt64(4), EmployeeFen = r.GetInt64(5), MaternityFen = r.GetInt64(6),
                    LateChargeFen = r.GetInt64(7), OtherFen = r.GetInt64(8), AmountFen = r.GetInt64(9), DueOn = DayNumber.Of(r.GetFieldValue<DateOnly>(10)), SettledOn = r.IsDBNull(11) ? 0 : DayNumber.Of(r.GetFieldValue<DateOnly>(11)),
                });
        }
        if (reply.Bill.Count == size) reply.NextBeforeBillNo = reply.Bill[^1].BillNo;
        await using var sums = database.CreateCommand("""
            SELECT coalesce(sum(amount_fen), 0)::bigint, coalesce(sum(charge_a_day_fen * ($2 - due_on)) FILTER (WHERE due_on < $2), 0)::bigint,
                (SELECT coalesce(sum(left_fen), 0)::bigint FROM suspense_item WHERE payer_no = $1 AND payer_no <> '' AND left_fen > 0)
            FROM bill WHERE payer_no = $1 AND settlement_no IS NULL
            """);
        sums.Parameters.Add(new() { Value = employerNo });
        sums.Parameters.Add(new() { Value = today });
        await using var sum = await sums.ExecuteReaderAsync(cancellation);
        await sum.ReadAsync(cancellation);
        (reply.OpenFen, reply.AccruedLateChargeFen, reply.WaitingFen) = (sum.GetInt64(0), sum.GetInt64(1), sum.GetInt64(2));
        return reply;
    }
}
