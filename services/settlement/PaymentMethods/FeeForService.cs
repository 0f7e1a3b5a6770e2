namespace MedInsure.Settlement.PaymentMethods;

/// <summary>按项目付费: what was settled is paid. Agreed where claims are to be kept out of a wider method.</summary>
internal sealed record FeeForService() : PaymentMethod("fee_for_service")
{
    public override IReadOnlyList<ProviderDue> Due(TermMonth at, IReadOnlyList<string> providers, IReadOnlyList<CaseGroup> cases)
    {
        var settled = cases.ToLookup(c => c.Provider, StringComparer.Ordinal);
        return
        [
            .. providers.Select(p =>
            {
                var fen = Sum(settled[p], c => c.SettledFen);
                return new ProviderDue(p, fen, $"按项目付费：累计结算{MethodText.Yuan(fen)}，按结算额支付");
            }),
        ];
    }
}
