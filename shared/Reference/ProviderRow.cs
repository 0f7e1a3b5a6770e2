using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.Reference;

/// <summary>A designated provider with all its agreements.</summary>
public sealed class ProviderRow
{
    private readonly AgreementRow[] agreements;

    internal ProviderRow(Provider provider, Func<string, string> intern)
    {
        Code = provider.FixmedinsCode;
        Name = provider.FixmedinsName;
        Type = intern(provider.FixmedinsType);
        HospitalLevel = intern(provider.HospLv);
        Level = PolicyLevel.Parse(provider.PolicyLevel);
        County = intern(provider.County);
        Ownership = intern(provider.Ownership);
        agreements = [.. (provider.Agreement is { } newest ? provider.EarlierAgreement.Prepend(newest) : []).Select(a => new AgreementRow(a))];
    }

    /// <summary>Somebody whom no agency has designated, as a paper bill names him: no agreement is ever in force.</summary>
    /// <param name="code">Empty where the bill names none.</param>
    /// <param name="area">Division.</param>
    public static ProviderRow Undesignated(string code, string name, PolicyLevel level, string area) =>
        new(new Provider { FixmedinsCode = code, FixmedinsName = name, FixmedinsType = "1", PolicyLevel = level.Value, County = area }, text => text);

    /// <summary>fixmedins_code.</summary>
    public string Code { get; }
    public string Name { get; }
    /// <summary>1 hospital, 2 pharmacy.</summary>
    public string Type { get; }
    /// <summary>National hosp_lv: 01 … 11; empty = none.</summary>
    public string HospitalLevel { get; }
    /// <summary>policy_level.</summary>
    public PolicyLevel Level { get; }
    /// <summary>Of the agency that has the agreement with it.</summary>
    public string County { get; }
    public string Ownership { get; }
    /// <summary>Newest first.</summary>
    public IReadOnlyList<AgreementRow> Agreements => agreements;

    /// <summary>The agreement whose period includes the day: the newest one that has begun, or null.</summary>
    public AgreementRow? AgreementOn(DateOnly day) => Array.Find(agreements, a => a.IsInForceOn(day));

    /// <summary>Whether the provider may bill on the day; if not, why.</summary>
    public ProviderStanding StandingOn(DateOnly day) => AgreementOn(day) is not { } agreement ? ProviderStanding.NoAgreement : agreement.StatusOn(day) switch
    {
        AgreementStatus.Suspended => ProviderStanding.Suspended,
        AgreementStatus.Terminated => ProviderStanding.Terminated,
        _ => ProviderStanding.Active,
    };
}

public enum ProviderStanding : byte
{
    Active,
    /// <summary>No agreement's period includes the day.</summary>
    NoAgreement,
    Suspended,
    Terminated,
}

/// <summary>One agreement. Both ends of its period are included.</summary>
public sealed class AgreementRow
{
    private readonly (AgreementStatus Status, DateOnly From, string Reason)[] changes;

    internal AgreementRow(Agreement agreement)
    {
        Number = agreement.AgreementNo;
        From = DayNumber.ToDate(agreement.FromOn);
        To = DayNumber.ToOptionalDate(agreement.ToOn);
        changes = [.. agreement.StatusChange.Select(c => (c.Status, DayNumber.ToDate(c.FromOn), c.Reason))];
    }

    public string Number { get; }
    public DateOnly From { get; }
    public DateOnly? To { get; }

    public bool IsInForceOn(DateOnly day) => day >= From && (To is null || day <= To);

    /// <summary>The last decision that has begun by the day; before the first one, active.</summary>
    public AgreementStatus StatusOn(DateOnly day)
    {
        for (var i = changes.Length - 1; i >= 0; i--)
            if (changes[i].From <= day) return changes[i].Status;
        return AgreementStatus.Active;
    }
}
