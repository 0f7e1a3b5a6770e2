using MedInsure.Kernel;
using MedInsure.Protos.Enrollment.V1;
using Npgsql;

namespace MedInsure.Enrollment.Persons;

internal static class CountCovered
{
    private const string Sql = "SELECT count(DISTINCT psn_no) FROM coverage WHERE ($2 = '' OR insutype = $2) AND from_on <= $1 AND (to_on IS NULL OR to_on >= $1)";

    public static async Task<Outcome<CountCoveredReply>> Read(NpgsqlDataSource database, CountCoveredRequest request, CancellationToken cancellation)
    {
        if (!DayNumber.IsDay(request.On)) return Refusals.DayInvalid;
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = DayNumber.ToDate(request.On) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Insutype });
        return new CountCoveredReply { Persons = (long)(await command.ExecuteScalarAsync(cancellation))! };
    }
}
