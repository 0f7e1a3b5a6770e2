using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.SignIn;

/// <summary>Sign-out. Serials are not stored, so that it ends nothing before the serial's own end; it checks the serial and says the time.</summary>
public sealed class T9002SignOut : Transaction
{
    private static readonly Node SignOut = Node.One("signOut", "签退信息", C("sign_no", "签到编号", 30).Y, C("opter_no", "操作员编号", 20).Y);

    public override IReadOnlyList<string> Numbers => ["9002"];
    public override string Title => "签退";
    public override string Service => "signInSignOutService";
    public override IReadOnlyList<Node> Nodes => [SignOut];
    public override string OutputNodes => "signoutoutb{sign_time}";

    public override Task<Refusal?> Answer(Call call)
    {
        var signOut = call.Input.One(SignOut);
        if (!call.Serials.Verify(signOut.Text("sign_no"), call.Calendar.Today, call.Envelope.FixmedinsCode, signOut.Text("opter_no")))
            return Task.FromResult<Refusal?>(GatewayRefusals.SignInInvalid);
        call.Output.WriteStartObject("signoutoutb");
        call.Output.Time("sign_time", call.Calendar.UtcNow.ToUnixTimeMilliseconds());
        call.Output.WriteEndObject();
        return Task.FromResult<Refusal?>(null);
    }
}
