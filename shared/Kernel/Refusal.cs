namespace MedInsure.Kernel;

/// <summary>What kind of "no" a refusal is; the edges choose their status by it.</summary>
public enum RefusalKind
{
    /// <summary>The request itself is wrong: a field's form, length, code or sum.</summary>
    Invalid,
    /// <summary>What the request names does not exist for this caller.</summary>
    NotFound,
    /// <summary>The request is well formed but the rules or the present state forbid it.</summary>
    Precondition,
    /// <summary>The same request key came before with other content, or a number is already taken.</summary>
    Conflict,
    /// <summary>The caller did not prove who it is.</summary>
    Unauthenticated,
    /// <summary>The caller may not do this.</summary>
    Denied,
    /// <summary>Something behind is down or busy; the same request may be sent again.</summary>
    Unavailable,
    /// <summary>A limit of size or rate is exceeded.</summary>
    Exhausted,
}

/// <summary>
/// A business "no": a returned value, never an exception. <paramref name="Code"/> is stable (lower case, dotted: claim.amount_mismatch)
/// and documented; the texts are for people; <paramref name="Field"/> names the offending field in the caller's own terms, where there is one.
/// </summary>
public sealed record Refusal(RefusalKind Kind, string Code, string Chinese, string English, string? Field = null)
{
    /// <summary>The same refusal, naming the field that caused it.</summary>
    public Refusal At(string field) => this with { Field = field };
}

/// <summary>Either a value or the refusal to give one.</summary>
public readonly struct Outcome<T>
{
    private readonly T? value;

    private Outcome(T? value, Refusal? refusal) => (this.value, Refusal) = (value, refusal);

    public Refusal? Refusal { get; }
    public bool IsRefused => Refusal is not null;

    /// <exception cref="InvalidOperationException">The outcome is a refusal.</exception>
    public T Value => Refusal is null ? value! : throw new InvalidOperationException($"refused: {Refusal.Code}");

    public static implicit operator Outcome<T>(T value) => new(value, null);
    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}
