using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Calculation;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Journal;

namespace MedInsure.Settlement.Supplements;

/// <summary>
/// Asks the insurer of a supplementary policy what it pays of a bill (shared/Protos/insurer/v1/bill.proto), at Insurers:&lt;code&gt;:Address. Whatever is no proper answer
/// in time is none: a patient's bill never fails by an insurer. Never called by a tenant's writer.
/// </summary>
/// <param name="keys">Called when somebody is asked: where no secret is configured everything else works.</param>
public sealed class AuthorizeBill(IConfiguration configuration, PlatformToken token, Func<PersonKey> keys, TimeProvider time, ILogger<AuthorizeBill> log) : IDisposable
{
    private const int DecisionNoLengthMax = 40, TextLengthMax = 100;
    // Less is not worth a call.
    private static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(5);
    private static readonly Meter Meter = new("MedInsure.Supplements");
    private static readonly Counter<long> Asked = Meter.CreateCounter<long>("medinsure.supplement.asked", "{bill}", "Bills that an insurer was to be asked about, by insurer, late or not, and outcome");

    private readonly ConcurrentDictionary<string, Insurer> insurers = new(StringComparer.Ordinal);

    private sealed record Insurer(GrpcChannel Channel, SupplementaryPolicy.SupplementaryPolicyClient Client, CallCircuit Circuit);

    /// <param name="lateSetlId">Of the settlement that went without an answer; null: the bill waits.</param>
    /// <returns>The decision, or why there is none: one word.</returns>
    public async Task<(InsurerDecision? Decision, string Outcome)> Ask(SupplementQuestion question, string? lateSetlId, TimeSpan atMost, CancellationToken cancellation)
    {
        var answer = await Call(question, lateSetlId, atMost, cancellation);
        Asked.Add(1, new("insurer", question.Contract.Insurer), new("late", lateSetlId is not null), new("outcome", answer.Outcome));
        return answer;
    }

    private async Task<(InsurerDecision? Decision, string Outcome)> Call(SupplementQuestion question, string? lateSetlId, TimeSpan atMost, CancellationToken cancellation)
    {
        if (atMost < LeastTime) return (null, "no_time_left");
        Insurer? insurer = null;
        try
        {
            insurer = insurers.GetOrAdd(question.Contract.Insurer, Connect);
            if (!insurer.Circuit.TryEnter()) return (null, "circuit_open");
            var request = RequestOf(question, keys().Of(question.Contract.Number, question.PsnNo), lateSetlId);
            // The machine's clock, as the channel compares with it: never an injected one.
            var options = new CallOptions(token.For(question.Contract.Insurer), TimeProvider.System.GetUtcNow().UtcDateTime + atMost, cancellation);
            var reply = await insurer.Client.AuthorizeBillAsync(request, options);
            insurer.Circuit.Answered();
            return DecisionOf(reply, request) is { } decision ? (decision, "answered") : (null, "malformed");
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            // Any other status came from somebody who answers.
            if (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded) insurer!.Circuit.Failed();
            else log.LogWarning("Insurer {Insurer} refuses to decide on bill {Bill}: {Status}", question.Contract.Insurer, question.Supplement.BillId, e.StatusCode);
            return (null, e.StatusCode == StatusCode.DeadlineExceeded ? "too_late" : e.StatusCode == StatusCode.Unavailable ? "unreachable" : "refused");
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // Settings that are missing or wrong: the person's bill settles all the same.
            log.LogError(e, "Insurer {Insurer} cannot be asked", question.Contract.Insurer);
            return (null, "not_configured");
        }
    }

    private Insurer Connect(string code)
    {
        var channel = GrpcChannel.ForAddress(configuration[$"Insurers:{code}:Address"] ?? throw new InvalidOperationException($"configuration Insurers:{code}:Address is missing"));
        return new Insurer(channel, new SupplementaryPolicy.SupplementaryPolicyClient(channel), new CallCircuit(time));
    }

    internal static AuthorizeBillRequest RequestOf(SupplementQuestion question, string personKey, string? lateSetlId)
    {
        var (claim, a) = (question.Quote, question.Quote.Amounts);
        var request = new AuthorizeBillRequest
        {
            ContractNo = question.Contract.Number,
            PolicyNo = question.Supplement.PolicyNo,
            BillId = question.Supplement.BillId,
            PersonKey = personKey,
            County = question.County,
            Insutype = claim.Facts.Insutype,
            ProviderCode = claim.FixmedinsCode,
            ProviderName = claim.FixmedinsName,
            ProviderLevel = claim.Facts.ProviderLevel,
            MedType = claim.Facts.MedType,
            DiseaseCode = claim.DiseaseCode,
            BeginOn = claim.BeginOn,
            EndOn = claim.EndOn,
            PolicyOn = claim.Facts.PolicyOn,
            TotalFen = a.TotalFen,
            FullSelfPayFen = a.FullSelfPayFen,
            OverLimitFen = a.OverLimitFen,
            FirstPayFen = a.FirstPayFen,
            InScopeFen = a.InScopeFen,
            DeductibleFen = a.DeductibleFen,
            FundTotalFen = a.FundTotalFen,
            PersonShareFen = a.PersonShareFen,
            Late = lateSetlId is not null,
            SetlId = lateSetlId ?? "",
        };
        foreach (var share in claim.Share) request.Share.Add(new BillShare { FundPayType = share.FundPayType, Name = share.Name, AmountFen = share.AmountFen });
        request.Item.AddRange(ItemsOf(claim));
        return request;
    }

    /// <summary>The lines summed by item, in the order in which the bill has them; corrections are taken off.</summary>
    private static IEnumerable<BillItem> ItemsOf(SettledClaim claim)
    {
        var items = new Dictionary<string, BillItem>(StringComparer.Ordinal);
        foreach (var line in claim.Line)
        {
            if (!items.TryGetValue(line.Code, out var item))
                items.Add(line.Code, item = new BillItem { ItemCode = line.Code, ItemName = line.Terms.ItemName, ItemClass = line.Terms.ChrgitmLv });
            var share = Lines.Split(JournalDocuments.ClaimLineOf(line));
            item.AmountFen += share.Amount.Value;
            item.InScopeFen += share.InScope.Value;
        }
        return items.Values.Where(i => i.AmountFen != 0);
    }

    /// <summary>Null: not what bill.proto allows.</summary>
    internal static InsurerDecision? DecisionOf(AuthorizeBillReply reply, AuthorizeBillRequest request) =>
        reply.DecisionNo.Length is > 0 and <= DecisionNoLengthMax && reply.Text.Length <= TextLengthMax && reply.AmountFen >= 0 && reply.AmountFen <= request.PersonShareFen
            && !reply.DecisionNo.AsSpan().ContainsAnyInRange('\0', '\u001F') && !reply.Text.AsSpan().ContainsAnyInRange('\0', '\u001F')
            ? new InsurerDecision(reply.DecisionNo, new Fen(reply.AmountFen), reply.Text) : null;

    public void Dispose()
    {
        foreach (var insurer in insurers.Values) insurer.Channel.Dispose();
    }
}
