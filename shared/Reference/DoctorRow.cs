using MedInsure.Kernel;
using MedInsure.Protos.ProviderRegistry.V1;

namespace MedInsure.Reference;

/// <summary>A doctor under insurance agreements: where and when they may treat. Without their name: whoever looks here looks by code.</summary>
public sealed class DoctorRow
{
    private readonly (string Provider, int From, int To)[] posts;
    private readonly (AgreementStatus Status, int From, int To)[] changes;

    internal DoctorRow(Doctor doctor, Func<string, string> intern)
    {
        Code = doctor.DoctorCode;
        posts = [.. doctor.Post.Select(p => (intern(p.FixmedinsCode), p.FromOn, p.ToOn == 0 ? int.MaxValue : p.ToOn))];
        changes = [.. doctor.StatusChange.Select(c => (c.Status, c.FromOn, c.ToOn == 0 ? int.MaxValue : c.ToOn))];
    }

    public string Code { get; }

    /// <summary>Whether they may treat for the fund at a provider on a day; if not, why.</summary>
    /// <param name="day">yyyyMMdd.</param>
    public DoctorStanding At(string fixmedinsCode, int day)
    {
        for (var i = changes.Length - 1; i >= 0; i--)
        {
            if (changes[i].From > day) continue;
            if (changes[i].Status == AgreementStatus.Terminated) return DoctorStanding.Terminated;
            if (changes[i].Status == AgreementStatus.Suspended && day <= changes[i].To) return DoctorStanding.Suspended;
            break;
        }
        var known = false;
        foreach (var post in posts)
        {
            if (post.Provider != fixmedinsCode) continue;
            if (day >= post.From && day <= post.To) return DoctorStanding.Good;
            known = true;
        }
        return known ? DoctorStanding.OutOfTerm : DoctorStanding.NotOfProvider;
    }
}

public enum DoctorStanding : byte
{
    Good,
    NotOfProvider,
    /// <summary>Of the provider, on other days.</summary>
    OutOfTerm,
    Suspended,
    Terminated,
}
