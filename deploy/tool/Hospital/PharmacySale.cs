using MedInsure.Kernel;

namespace MedInsure.Tool.Hospital;

/// <summary>2101 → 2102, and now and then 2103: a sale has no visit on file.</summary>
public static class PharmacySale
{
    public static async Task Run(Cashier cashier, DateOnly day, string saleNo)
    {
        var person = cashier.Patient.Person;
        var lines = new FeeSheet(cashier.Prices, cashier.Random, saleNo).Pharmacy(day);
        var total = lines.Aggregate(Fen.Zero, (sum, line) => sum + line.Amount);
        object Sale(string invoice) => new
        {
            druginfo = new
            {
                psn_no = person.PsnNo, mdtrt_cert_type = "02", mdtrt_cert_no = person.Certno, begntime = Encounters.Text(day.ToDateTime(new TimeOnly(9, 0))),
                medfee_sumamt = total.ToString(), invono = invoice, insutype = person.Insutype, dise_codg = "", dise_name = "", acct_used_flag = person.Insutype == "310" ? "1" : "0", med_type = "41",
            },
            drugdetail = lines.Select(l => l.ToNode(cashier.Provider, "", person.PsnNo, saleNo, "41", "")).ToList(),
        };
        if (await cashier.PreSettle("2101", Sale("")) is not { } expected) return;
        if (await cashier.Settle("2102", () => Sale(saleNo), total, expected) is { } bill && cashier.Chance(6)) await cashier.Cancel("2103", bill);
    }
}
