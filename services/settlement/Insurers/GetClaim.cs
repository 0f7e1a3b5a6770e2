using Grpc.Core;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Protos.Settlement.V1;
using Npgsql;

namespace MedInsure.Settlement.Insurers;

/// <summary>
/// One claim with its lines and the rules it went through, as its home county has them; a county that is away is UNAVAILABLE, never half an answer.
/// What shows who the person is stays masked, unless the contract shows it.
/// </summary>
internal static class GetClaim
{
    public static async Task<Outcome<Claim>> Query(NpgsqlDataSource city, Protos.Settlement.V1.Settlement.SettlementClient settlement, InsurerContract contract, GetClaimRequest request, CancellationToken cancellation)
    {
        await using var connection = await city.OpenConnectionAsync(cancellation);
        if ((await ClaimChain.Read(connection, contract.Number, request.SetlId, cancellation))?.Named is not { } named) return Refusals.ClaimUnknown;
        Statement statement;
        try { statement = await settlement.GetStatementAsync(new GetStatementRequest { SetlId = request.SetlId }, CallTenant.For(named.County), cancellationToken: cancellation); }
        // The city has its event, so its county has it too: whatever the county refuses now, it is not in a state to answer.
        catch (RpcException e) when (!cancellation.IsCancellationRequested && RefusalStatus.RefusalOrUnavailable(e) is not null) { return RefusalStatus.Unavailable; }
        return Render(contract, named, statement);
    }

    internal static Claim Render(InsurerContract contract, ClaimEvent named, Statement statement)
    {
        var s = statement.Settlement;
        var claim = new Claim
        {
            Event = named,
            Person = PersonOf(contract, named, s.Person),
            PolicyPack = s.PolicyPack,
            PolicyVersion = s.PolicyVersion,
            CatalogVersion = s.CatalogVersion,
            BeginOn = s.BeginOn,
            EndOn = s.EndOn,
            DiseaseCode = s.DiseaseCode,
            ProviderName = s.FixmedinsName,
            ReversedBySetlId = s.ReversedBySetlId,
        };
        claim.Line.AddRange(statement.Line.Select(l => new ClaimLine
        {
            ItemCode = l.MedListCode,
            ItemName = l.ItemName,
            On = DayNumber.Of(ChinaCalendar.DayOf(l.OccurredAtMs)),
            QuantityE4 = l.QuantityE4,
            UnitPriceMicroYuan = l.UnitPriceMicroYuan,
            AmountFen = l.AmountFen,
            FullSelfPayFen = l.FullSelfPayFen,
            OverLimitFen = l.OverLimitFen,
            FirstPayFen = l.FirstPayFen,
            InScopeFen = l.InScopeFen,
        }));
        claim.Share.AddRange(s.Share.Select(share => new BillShare { FundPayType = share.FundPayType, Name = share.Name, AmountFen = share.AmountFen }));
        foreach (var row in statement.Trace)
        {
            var rule = new ClaimRule { RuleId = row.RuleId, ChineseName = row.ChineseName, EnglishName = row.EnglishName, Clause = row.Clause, Assumed = row.Assumed, ResultFen = row.ResultFen };
            rule.Input.AddRange(row.Input.Select(i => new ClaimRuleInput { ChineseName = i.ChineseName, EnglishName = i.EnglishName, Value = i.Value }));
            claim.Rule.Add(rule);
        }
        return claim;
    }

    private static ClaimPerson PersonOf(InsurerContract contract, ClaimEvent named, InsuredIdentity person) => new()
    {
        PersonKey = named.PersonKey,
        Name = contract.ShowsPersonalData ? person.PsnName : PersonalData.MaskName(person.PsnName),
        CertificateType = person.PsnCertType,
        CertificateNo = contract.ShowsPersonalData ? person.Certno : PersonalData.MaskCertificate(person.Certno),
        Gender = person.Gend,
        BirthOn = contract.ShowsPersonalData || person.BirthOn == 0 ? person.BirthOn : person.BirthOn / 10_000 * 10_000 + 1_01,
        PersonType = person.PsnType,
    };
}
