namespace MedInsure.Reference.Cache;

/// <summary>
/// What was published of one kind after a version up to another: immutable, and named by the mark of its last version, which no other history of
/// the same numbers shares. Providers have a present state only; the state while a version is the newest is as immutable as the version.
/// </summary>
/// <param name="Kind">catalog, diseases, providers.</param>
/// <param name="Mark">Empty: the registry does not say, so the rows may be read but not kept.</param>
public sealed record ReferenceRange(string City, string Kind, long After, long UpTo, string Mark)
{
    // The 1 is the form of the values: a release that writes another one takes another number, and the two do not meet.
    private string Prefix => $"medinsure:ref:1:{City}:{Kind}:{After}-{UpTo}:{Mark}";

    public string PageKey(int page) => $"{Prefix}:{page}";

    public string LockKey => $"{Prefix}:lock";
}
