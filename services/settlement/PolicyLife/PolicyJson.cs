using System.Globalization;
using System.Text.Json;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>What operators read of a policy's life: days as yyyy-MM-dd, times with their offset, hashes in hexadecimal.</summary>
internal static class PolicyJson
{
    public static readonly JsonSerializerOptions Options = new(WebJson.Options) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static object Of(PolicyDraft draft, IReadOnlyList<PolicyDraft> all, string city, DateOnly today, PolicyRevision? revision = null, string? text = null)
    {
        var shown = revision ?? draft.Latest;
        return new
        {
            draft.No,
            draft.Scope,
            draft.Pack,
            draft.Version,
            State = draft.StateOn(today, all, city),
            Revision = shown.No,
            shown.Sha256,
            EffectiveOn = Day(shown.EffectiveOn),
            InForceTo = Day(shown.InForceTo),
            Note = shown.Note.Length > 0 ? shown.Note : null,
            PublicationNo = draft.Publication?.No,
            Decides = draft.Publication is null ? null : draft.Decides(all, city).Select(d => new { From = Day(d.From), To = Day(d.To) }),
            Revisions = draft.Revisions.Select(r => new { Revision = r.No, r.Sha256, EffectiveOn = Day(r.EffectiveOn) }),
            Acts = draft.Acts.Select(a => new { Act = a.Kind, a.Revision, a.Person, At = Time(a.At), Reason = a.Reason.Length > 0 ? a.Reason : null }),
            Text = text,
        };
    }

    public static object Of(ComparePolicies.Comparison comparison) => new
    {
        comparison.Draft.No,
        comparison.Draft.Pack,
        comparison.Draft.Version,
        From = comparison.From == 0 ? "program" : comparison.From.ToString(CultureInfo.InvariantCulture),
        comparison.FromVersion,
        comparison.Changes,
    };

    public static object Of(IReadOnlyList<PolicyRow> adopted, IReadOnlyList<ListAdoptedPolicies.Waiting> waiting) => new
    {
        Adopted = adopted.Select(a => new { a.PublicationNo, a.Scope, a.Pack, a.Version, a.Sha256, EffectiveOn = Day(a.EffectiveOn), JournalSeq = a.Seq }),
        Waiting = waiting.Select(w => new { w.Published.PublicationNo, w.Published.Scope, w.Published.Pack, w.Published.Version, Sha256 = w.Published.ContentHash, w.LastFailure }),
    };

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    private static string Time(DateTimeOffset at) => ChinaCalendar.ToLocal(at).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
}
