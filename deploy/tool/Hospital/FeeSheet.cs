using System.Globalization;
using MedInsure.Kernel;

namespace MedInsure.Tool.Hospital;

/// <summary>One charged line; a correction has a negative quantity and names the line it takes back.</summary>
/// <param name="Price">Yuan, at most four decimals here.</param>
public sealed record FeeLine(string Number, string Code, DateTime At, decimal Quantity, decimal Price, string Original)
{
    /// <summary>Quantity × price, half up to the fen: I6.</summary>
    public Fen Amount => Fen.FromYuan(decimal.Round(Quantity * Price, 2, MidpointRounding.AwayFromZero));

    /// <summary>The line's node in 2204, 2301 and 2101.</summary>
    public Dictionary<string, object> ToNode(RunProvider provider, string encounter, string personNo, string batch, string medType, string disease) => new()
    {
        ["feedetl_sn"] = Number,
        ["init_feedetl_sn"] = Original,
        ["mdtrt_id"] = encounter,
        ["psn_no"] = personNo,
        ["chrg_bchno"] = batch,
        ["dise_codg"] = disease,
        ["rxno"] = "",
        ["rx_circ_flag"] = "0",
        ["fee_ocur_time"] = At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        ["med_list_codg"] = Code,
        ["medins_list_codg"] = Code,
        ["det_item_fee_sumamt"] = Amount.ToString(),
        ["cnt"] = Quantity.ToString(CultureInfo.InvariantCulture),
        ["pric"] = Price.ToString(CultureInfo.InvariantCulture),
        ["bilg_dept_codg"] = "D01",
        ["bilg_dept_name"] = "内科",
        ["bilg_dr_codg"] = provider.DoctorCode,
        ["bilg_dr_name"] = RunProvider.DoctorName,
        ["hosp_appr_flag"] = "1",
        ["med_type"] = medType,
    };
}

/// <summary>Draws the lines of a visit, a sale or a day in hospital.</summary>
public sealed class FeeSheet(PriceList prices, Random random, string numbers)
{
    private int count;

    public List<FeeLine> Outpatient(DateOnly day) =>
        [.. Draw(prices.Services, random.Next(1, 4), day, 1), .. Draw(prices.Drugs, random.Next(0, 4), day, 4), .. Unlisted(day)];

    public List<FeeLine> Chronic(DateOnly day) => [.. Draw(prices.Drugs, random.Next(1, 4), day, 8), .. Draw(prices.Services, random.Next(0, 2), day, 1)];

    public List<FeeLine> Pharmacy(DateOnly day) => [.. Draw(prices.Drugs, random.Next(1, 4), day, 3), .. Unlisted(day)];

    public List<FeeLine> DayInHospital(DateOnly day, bool operation) =>
        [.. Draw(prices.Ward, 2, day, 1), .. Draw(prices.Services, random.Next(1, 5), day, 2), .. Draw(prices.Drugs, random.Next(2, 6), day, 6),
            .. operation ? Draw(prices.Operations, random.Next(1, 4), day, 1) : [], .. Unlisted(day)];

    /// <summary>Takes an earlier line back, wholly or in part.</summary>
    public FeeLine Correct(FeeLine line, DateOnly day) =>
        line with { Number = Next(), Original = line.Number, At = Time(day), Quantity = -(line.Quantity > 1 && random.Next(2) == 0 ? 1 : line.Quantity) };

    /// <summary>Every twenty-fifth bill has something that is in no catalog: wholly self-paid, not refused.</summary>
    private List<FeeLine> Unlisted(DateOnly day) => random.Next(25) == 0 ? [new FeeLine(Next(), "NONE" + random.Next(100), Time(day), 1, random.Next(100, 5_000) / 100m, "")] : [];

    private IEnumerable<FeeLine> Draw(IReadOnlyList<PricedItem> from, int lines, DateOnly day, int quantityMax)
    {
        for (var i = 0; i < lines && from.Count > 0; i++)
        {
            var item = from[random.Next(from.Count)];
            var quantity = random.Next(12) == 0 ? random.Next(1, 40) / 8m : random.Next(1, quantityMax + 1);
            yield return new FeeLine(Next(), item.Code, Time(day), quantity, item.Price, "");
        }
    }

    private string Next() => $"{numbers}-{++count}";

    private DateTime Time(DateOnly day) => day.ToDateTime(new TimeOnly(random.Next(8, 17), random.Next(60), random.Next(60)));
}
