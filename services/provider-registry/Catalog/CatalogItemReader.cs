using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;
using Npgsql;

namespace MedInsure.ProviderRegistry.Catalog;

/// <summary>A row of catalog_item as the contract carries it.</summary>
internal static class CatalogItemReader
{
    public const string Columns = """
        hilist_code, hilist_name, list_type, chrgitm_lv, med_chrgitm_type, selfpay_bp, ceiling_3_micro_yuan, ceiling_2_micro_yuan, ceiling_1_micro_yuan,
        ceiling_community_micro_yuan, min_level, from_on, to_on, outpatient_pool, gend_limit, age_min, age_max, max_quantity_per_day_e4, max_days, version, updated_at
        """;

    public static CatalogItem Read(NpgsqlDataReader row)
    {
        var item = new CatalogItem
        {
            HilistCode = row.GetString(0),
            HilistName = row.GetString(1),
            ListType = row.GetString(2),
            ChrgitmLv = row.GetString(3),
            MedChrgitmType = row.GetString(4),
            SelfpayBp = row.GetInt32(5),
            MinLevel = row.GetString(10),
            FromOn = DayNumber.Of(row.GetFieldValue<DateOnly>(11)),
            ToOn = row.IsDBNull(12) ? 0 : DayNumber.Of(row.GetFieldValue<DateOnly>(12)),
            OutpatientPool = row.GetBoolean(13),
            GendLimit = row.GetString(14),
            AgeMin = row.IsDBNull(15) ? -1 : row.GetInt32(15),
            AgeMax = row.IsDBNull(16) ? -1 : row.GetInt32(16),
            MaxQuantityPerDayE4 = row.IsDBNull(17) ? -1 : row.GetInt64(17),
            MaxDays = row.IsDBNull(18) ? -1 : row.GetInt32(18),
            Version = row.GetInt64(19),
            UpdatedAtMs = row.GetFieldValue<DateTimeOffset>(20).ToUnixTimeMilliseconds(),
        };
        if (!row.IsDBNull(6)) item.Ceiling3MicroYuan = row.GetInt64(6);
        if (!row.IsDBNull(7)) item.Ceiling2MicroYuan = row.GetInt64(7);
        if (!row.IsDBNull(8)) item.Ceiling1MicroYuan = row.GetInt64(8);
        if (!row.IsDBNull(9)) item.CeilingCommunityMicroYuan = row.GetInt64(9);
        return item;
    }
}
