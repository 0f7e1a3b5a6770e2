using System.Globalization;
using System.Text.Json;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Reporting;

/// <summary>What operators read and send: snake_case, money in yuan with two decimals as text, days as yyyy-MM-dd, times in China's with their offset.</summary>
internal static class ReportingJson
{
    public static readonly JsonSerializerOptions Options = new(WebJson.Options) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static string Yuan(long fen) => new Fen(fen).ToString();

    public static string Time(DateTimeOffset utc) => ChinaCalendar.ToLocal(utc).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
