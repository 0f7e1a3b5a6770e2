using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.SignIn;

/// <summary>Sign-in. The serial is bound to the operator signed in: later requests carry it with the same opter.</summary>
public sealed class T9001SignIn : Transaction
{
    private static readonly Node SignIn = Node.One("signIn", "签到信息", C("opter_no", "操作员编号", 20).Y, C("mac", "签到MAC地址", 20), C("ip", "签到IP地址", 20));

    public override IReadOnlyList<string> Numbers => ["9001"];
    public override string Title => "签到";
    public override string Service => "signInSignOutService";
    public override IReadOnlyList<Node> Nodes => [SignIn];
    public override string OutputNodes => "signinoutb{sign_time, sign_no}";

    public override Task<Refusal?> Answer(Call call)
    {
        var now = call.Calendar.UtcNow;
        call.Output.WriteStartObject("signinoutb");
        call.Output.Time("sign_time", now.ToUnixTimeMilliseconds());
        call.Output.WriteString("sign_no", call.Serials.Issue(call.Calendar.Today, call.Envelope.FixmedinsCode, call.Input.One(SignIn).Text("opter_no")));
        call.Output.WriteEndObject();
        // Look-ups, cancellations and reconciliation go on after an agreement's end; the window hears at the start of the day that nothing else will.
        call.Warning = call.Provider.StandingOn(call.Calendar.Today) switch
        {
            Reference.ProviderStanding.Active => "",
            Reference.ProviderStanding.Suspended => GatewayRefusals.ProviderSuspended.Chinese,
            Reference.ProviderStanding.Terminated => GatewayRefusals.ProviderTerminated.Chinese,
            _ => GatewayRefusals.ProviderWithoutAgreement.Chinese,
        };
        return Task.FromResult<Refusal?>(null);
    }
}
