using MedInsure.Billing.Bills;
using MedInsure.Kernel;
using MedInsure.Protos.Billing.V1;
using Npgsql;

namespace MedInsure.Billing.OwnBills;

internal static class ListBillLines
{
    public static async Task<Outcome<ListBillLinesReply>> Read(NpgsqlDataSource database, string employerNo, ListBillLinesRequest request, CancellationToken cancellation)
    {
        if (request.PageSize is < 0 or > Refusals.PageMax) return Refusals.PageSizeInvalid;
        var size = request.PageSize == 0 ? ListEmployerBills.PageSize : request.PageSize;
        await using (var own = database.CreateCommand("SELECT count(*) FROM bill WHERE bill_no = $1 AND payer_no = $2"))
        {
            own.Parameters.Add(new() { Value = request.BillNo });
            own.Parameters.Add(new() { Value = employerNo });
            if ((long)(await own.ExecuteScalarAsync(cancellation))! == 0) return BillRefusals.BillUnknown;
        }
        await using var command = database.CreateCommand("""
            SELECT l.psn_no, coalesce(p.psn_name, ''), l.month, l.wage_fen, l.base_fen, l.employer_fen, l.employee_fen, l.maternity_fen, l.account_employer_fen + l.account_employee_fen
            FROM bill_line l LEFT JOIN insured_person p USING (psn_no) WHERE l.bill_no = $1 AND (l.psn_no, l.month) > ($2, $3) ORDER BY l.psn_no, l.month LIMIT $4
            """);
        foreach (var value in (object[])[request.BillNo, request.AfterPsnNo, request.AfterMonth, size]) command.Parameters.Add(new() { Value = value });
        await using var r = await command.ExecuteReaderAsync(cancellation);
        var reply = new ListBillLinesReply();
        while (await r.ReadAsync(cancellation))
            reply.Line.Add(new BillLine
            {
                PsnNo = r.GetString(0), PsnName = r.GetString(1), Month = r.GetInt32(2), WageFen = r.GetInt64(3), BaseFen = r.GetInt64(4), EmployerFen = r.GetInt64(5), EmployeeFen = r.GetInt64(6), MaternityFen = r.GetInt64(7),
                AccountFen = r.GetInt64(8),
            });
        if (reply.Line.Count == size) (reply.NextAfterPsnNo, reply.NextAfterMonth) = (reply.Line[^1].PsnNo, reply.Line[^1].Month);
        return reply;
    }
}
