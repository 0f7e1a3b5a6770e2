using Google.Protobuf;
using MedInsure.Hosting.Rpc;
using MedInsure.Protos.Billing.V1;

namespace MedInsure.Reporting.Facts;

/// <summary>Totals of contributions as they stand: whole, when they differ from what is there.</summary>
internal sealed class CollectionFeed(ReportFeed.ReportFeedClient billing) : Feed("collection", "征缴汇总", ["assessed_fact", "collection_fact", "billed_fact"])
{
    public override bool IsOfTotals => true;

    public override async Task<FeedPage> Read(string county, FeedPosition after, bool count, CancellationToken cancellation)
    {
        var told = await billing.ReadReportCollectionAsync(new ReadReportCollectionRequest { KnownSha256 = ByteString.CopyFrom(after.ToldSha256) }, CallTenant.For(county), cancellationToken: cancellation);
        var next = told.Unchanged ? after : after with { Seq = after.Seq + 1, ToldSha256 = told.Sha256.ToByteArray() };
        return new FeedPage(next, next.Seq, More: false, Behind: 0, null, told.Unchanged ? 0 : 1, writer => Write(writer, told));
    }

    internal static async Task Write(FactWriter writer, ReadReportCollectionReply told)
    {
        foreach (var table in (string[])["assessed_fact", "collection_fact", "billed_fact"]) await writer.Run($"DELETE FROM {table} WHERE county = $1 AND build = $2");
        await writer.Copy("assessed_fact", """
            insutype, year, person_class, psn_type, categories, aid_id, aid_payer, persons, settled_persons, aided_whole_persons, personal_fen, aid_fen, collective_fen, due_fen, paid_fen, central_fen, province_fen, city_fen, county_fen
            """, told.Assessed, (row, a) => row.Text(a.Insutype).Int(a.Year).Text(a.PersonClass).Text(a.PsnType).Texts(a.Category).Text(a.AidId).Text(a.AidPayer).Bigint(a.Persons).Bigint(a.SettledPersons).Bigint(a.AidedWholePersons)
            .Bigint(a.PersonalFen).Bigint(a.AidFen).Bigint(a.CollectiveFen).Bigint(a.DueFen).Bigint(a.PaidFen).Bigint(a.CentralFen).Bigint(a.ProvinceFen).Bigint(a.CityFen).Bigint(a.CountyFen));
        await writer.Copy("collection_fact", "insutype, period, channel, cause, month, persons, amount_fen", told.Collected,
            (row, c) => row.Text(c.Insutype).Int(c.Period).Text(c.Channel).Text(c.Cause).Int(c.Month).Bigint(c.Persons).Bigint(c.AmountFen));
        await writer.Copy("billed_fact", "insutype, month, kind, bills, persons, employer_fen, employee_fen, maternity_fen, late_charge_fen, amount_fen, settled_fen, settled_bills", told.Billed,
            (row, b) => row.Text(b.Insutype).Int(b.Month).Text(b.Kind).Bigint(b.Bills).Bigint(b.Persons).Bigint(b.EmployerFen).Bigint(b.EmployeeFen).Bigint(b.MaternityFen).Bigint(b.LateChargeFen).Bigint(b.AmountFen)
                .Bigint(b.SettledFen).Bigint(b.SettledBills));
    }
}
