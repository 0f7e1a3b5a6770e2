using MedInsure.Kernel;
using Npgsql;

namespace MedInsure.Settlement.PolicyLife;

/// <summary>What review, approval, consent, publication, rejection and withdrawal have in common: a person acts on the text that he read, once, and nobody else acts meanwhile.</summary>
internal static class ActOnPolicy
{
    private const int ReasonLengthMax = 2_000;

    /// <param name="Revision">Of the text that the person read, with its hash.</param>
    /// <param name="Sha256">Hexadecimal.</param>
    /// <param name="Reason">Why not, for rejection and withdrawal.</param>
    internal sealed record Request(int? Revision, string? Sha256, string? Person, string? Reason = null);

    /// <summary>In order: the person, the reason; the version, that it is neither withdrawn nor published, that the text is the latest and its hash right; then what the act itself asks for.
    /// The same act by the same person again changes nothing.</summary>
    /// <param name="forbids">Why the act is not possible now, or not for this person; null: it is.</param>
    /// <param name="then">More, in the same transaction.</param>
    public static async Task<Outcome<PolicyDraft>> Execute(NpgsqlDataSource city, long draftNo, string kind, Request request, DateTimeOffset now, Func<PolicyDraft, string, Refusal?> forbids,
        Func<NpgsqlConnection, NpgsqlTransaction, PolicyDraft, PolicyAct, string, Task>? then, CancellationToken cancellation)
    {
        if (TwoPeople.Name(request.Person, "person") is { } nobody) return nobody;
        var (person, reason) = (request.Person!.Trim(), request.Reason?.Trim() ?? "");
        if (reason.Length > ReasonLengthMax || reason.Contains('\0', StringComparison.Ordinal) || (reason.Length == 0 && kind is PolicyAct.Rejected or PolicyAct.Withdrawn)) return Refusals.PolicyReasonMissing;
        await using var connection = await city.OpenConnectionAsync(cancellation);
        await using var transaction = await PolicyBook.Begin(connection, cancellation);
        if ((await PolicyBook.Read(connection, cancellation)).Find(d => d.No == draftNo) is not { } draft) return Refusals.PolicyUnknown;
        var isRead = request.Revision == draft.Latest.No && string.Equals(request.Sha256, draft.Latest.Sha256, StringComparison.OrdinalIgnoreCase);
        if (isRead && draft.Acts.Any(a => a.Revision == draft.Latest.No && a.Kind == kind && TwoPeople.AreOne(a.Person, person))) return draft;
        if (draft.IsWithdrawn) return Refusals.PolicyWithdrawn;
        if (draft.Publication is not null) return Refusals.PolicyPublishedAlready;
        if (!isRead) return Refusals.PolicyTextChanged;
        if (await PolicyBook.ReadText(connection, draft, draft.Latest, cancellation) is not { } text) return Refusals.PolicyTextTampered;
        if (forbids(draft, person) is { } no) return no;
        var act = await PolicyBook.AddAct(connection, draftNo, new PolicyAct(0, draft.Latest.No, kind, person, reason, now), cancellation);
        draft = draft with { Acts = [.. draft.Acts, act] };
        if (then is not null) await then(connection, transaction, draft, act, text);
        await transaction.CommitAsync(cancellation);
        return draft;
    }

    /// <summary>Whether somebody is among those who acted before.</summary>
    public static Refusal? Among(string person, IEnumerable<string> others) => others.Any(other => TwoPeople.AreOne(person, other)) ? Refusals.ActorsAreOne.At("person") : null;
}
