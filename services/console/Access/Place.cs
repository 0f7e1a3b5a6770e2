namespace MedInsure.Console.Access;

/// <summary>
/// A tenant that the signed-in user may name, with what narrows their view of it. Only <see cref="Session.At"/> makes one, so that no call of a service
/// can be about a tenant that is not the user's.
/// </summary>
public sealed class Place
{
    internal Place(string code, string name, string city, string township, string provider, string insurer) =>
        (Code, Name, City, Township, Provider, Insurer) = (code, name, city, township, provider, insurer);

    /// <summary>Six-digit division code.</summary>
    public string Code { get; }
    public string Name { get; }
    public string City { get; }
    public bool IsCity => Code == City;
    /// <summary>Of a township's user; else empty.</summary>
    public string Township { get; }
    /// <summary>fixmedins_code of a provider's user, who sees nothing of others; else empty.</summary>
    public string Provider { get; }
    /// <summary>Of an insurer's user; else empty.</summary>
    public string Insurer { get; }

    public override string ToString() => Code;
}
