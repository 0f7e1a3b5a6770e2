namespace MedInsure.Events;

/// <summary>A city published a version of a benefit policy for all its counties or for one. Announced again as often as somebody asks for it. Aggregate: the city's code.</summary>
/// <param name="PublicationNo">Of the city: of two versions that are in force on a day the one with the higher number decides.</param>
/// <param name="Scope">The city's code, or that of the county whose own version it is.</param>
/// <param name="ContentHash">SHA-256 of the text, hexadecimal.</param>
/// <param name="Text">The pack file, whole, lines ended by \n.</param>
/// <param name="EffectiveOn">yyyyMMdd, the first policy date that the version decides.</param>
/// <param name="PublishedBy">The person who published it.</param>
/// <param name="PublishedAtMs">Unix milliseconds.</param>
public sealed record PolicyPublished(
    long PublicationNo, string City, string Scope, string Pack, string Version, string ContentHash, string Text, int EffectiveOn, string PublishedBy, long PublishedAtMs);
