using MedInsure.FraudAudit.Cases;
using MedInsure.FraudAudit.FieldWork;
using MedInsure.Kernel;

namespace MedInsure.FraudAudit.Tips;

/// <summary>A tip is taken down. The informer, if they say who they are, is sealed; all get a number and a secret by which they ask how far it is without naming themselves.</summary>
internal static class RegisterTip
{
    private const int TextMax = 2_000, NameMax = 100, PhoneMax = 30, NoteMax = 200;

    /// <param name="Channel">phone, letter, visit, online.</param>
    /// <param name="SubjectKind">provider, person, unknown.</param>
    /// <param name="Subject">fixmedins_code or psn_no.</param>
    /// <param name="Informer">Null: anonymous.</param>
    internal sealed record Order(string? RequestKey, string? By, string? Reason, string? ReceivedOn, string? Channel, string? SubjectKind, string? Subject, string? Text, Informer? Informer) : CaseOrder(RequestKey, By, Reason);

    /// <param name="Secret">Shown with this answer alone.</param>
    internal sealed record Registered(string TipNo, string Secret);

    /// <summary>In order: the key of informers; key, who, why; the same request before; day, channel, subject; the informer; the text, that does not name them.</summary>
    public static async Task<Outcome<Registered>> Execute(AuditRequest request, TipVault vault, ChinaCalendar calendar, Order order)
    {
        if (!vault.IsOpen) return TipRefusals.KeyMissing;
        var begun = await FieldAct.Begin(request, order, "tip", 0, "registered", calendar.UtcNow, vault.RequestHash(order.Hash("tip registered", 0)));
        if (begun.Refusal is { } refusal) return refusal;
        await using var act = begun.Value;
        if (act.Before is { } before) return Answer(TipRow.NoOf(request.County.Code, before));
        if (!FieldText.TryDay(order.ReceivedOn, out var on)) return Refusals.DayInvalid.At("received_on");
        if (on > calendar.Today) return FieldRefusals.DayInFuture.At("received_on");
        if (order.Channel is not ("phone" or "letter" or "visit" or "online")) return TipRefusals.ChannelUnknown;
        if (order.SubjectKind is not ("provider" or "person" or "unknown") || (order.SubjectKind == "unknown" ? !string.IsNullOrEmpty(order.Subject) : !AuditTexts.IsText(order.Subject, 40))) return TipRefusals.SubjectInvalid;
        if (order.Informer is { } informer && (!Fits(informer.Name, NameMax) || !Fits(informer.Phone, PhoneMax) || !Fits(informer.Note, NoteMax) || informer is { Name: null, Phone: null })) return TipRefusals.InformerInvalid;
        if (Names(order.Informer, order.Text) || Names(order.Informer, order.Reason)) return TipRefusals.TextNamesInformer;
        if (FieldText.Unfit(order.Text, TextMax, needed: true) is { } unfit) return unfit;

        var number = await act.One<long>("SELECT nextval('tip_number')");
        var tipNo = TipRow.NoOf(request.County.Code, number);
        var answer = Answer(tipNo);
        await act.Run("INSERT INTO tip (tip_no, received_on, channel, subject_kind, subject, text, contact, secret_hash, registered_by, registered_at) VALUES ($1, $2, $3, $4, $5, $6, $7::bytea, $8, $9, $10)",
            number, on, order.Channel, order.SubjectKind, order.Subject ?? "", order.Text!.Trim(), order.Informer is null ? null : vault.Seal(order.Informer, tipNo), TipVault.SecretHash(answer.Secret), act.By, act.Now.UtcDateTime);
        await act.Done(number, new { order.Channel, Anonymous = order.Informer is null });
        return answer;

        Registered Answer(string tip) => new(tip, vault.Secret(tip, order.RequestKey!));
    }

    private static bool Fits(string? text, int max) => text is null || AuditTexts.IsText(text, max);

    private static bool Names(Informer? informer, string? text) => text is not null && ((string?[])[informer?.Name, informer?.Phone]).Any(own => own?.Trim() is { Length: > 1 } word && text.Contains(word, StringComparison.OrdinalIgnoreCase));
}
