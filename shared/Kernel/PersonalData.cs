namespace MedInsure.Kernel;

/// <summary>How personal data looks where it may be seen but not read: logs, traces, disclosure.</summary>
public static class PersonalData
{
    /// <summary>张三丰 → 张**. An empty name stays empty.</summary>
    public static string MaskName(string? name) =>
        string.IsNullOrEmpty(name) ? "" : string.Concat(name.AsSpan(0, 1), new string('*', Math.Max(1, name.Length - 1)));

    /// <summary>Keeps the first four and last two characters: 2301**********12.</summary>
    public static string MaskCertificate(string? number) => number switch
    {
        null or "" => "",
        { Length: <= 6 } => new string('*', number.Length),
        _ => string.Concat(number.AsSpan(0, 4), new string('*', number.Length - 6), number.AsSpan(number.Length - 2)),
    };
}
