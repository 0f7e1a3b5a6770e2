using System.Globalization;
using MedInsure.Console.Layout;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Components;

namespace MedInsure.Console.Shared;

/// <summary>What every component of the console can: both languages, and amounts, days and times as people read them.</summary>
public abstract class ConsolePart : ComponentBase
{
    [CascadingParameter(Name = "Language")] protected string Language { get; set; } = LanguageChoice.Chinese;

    protected bool IsEnglish => Language == LanguageChoice.English;

    /// <summary>A text in the reader's language; both stand where they are used.</summary>
    public string T(string chinese, string english) => IsEnglish ? english : chinese;

    protected string T(Refusal refusal) => IsEnglish ? refusal.English : refusal.Chinese;

    /// <summary>Yuan as 12,345.60.</summary>
    public static string Yuan(decimal? yuan) => yuan?.ToString("#,##0.00", CultureInfo.InvariantCulture) ?? "—";

    /// <summary>Fen as yuan.</summary>
    public static string Fen(long? fen) => Yuan(fen / 100m);

    /// <summary>2026-11-22 14:03 of 2026-11-22T14:03:05+08:00, as services send it.</summary>
    public static string Time(string? at) => at is { Length: >= 16 } ? at[..16].Replace('T', ' ') : "—";

    public static string Time(DateTimeOffset at) => ChinaCalendar.ToLocal(at).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
