using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Transactions.Queries;

/// <summary>What the personal account holds: one for all schemes, filled by the employees' (310). The national list names the transaction without its nodes; these are those of 1101's balc.</summary>
public sealed class T5368QueryAccountBalance : Transaction
{
    private const string EmployeeScheme = "310";

    private static readonly Node Data = Node.One("data", "账户余额查询条件", VisitShape.PsnNo.Y, VisitShape.Insutype);

    public override IReadOnlyList<string> Numbers => ["5368"];
    public override string Title => "个人账户余额查询";
    public override string Service => "fsiIntegratedQueryService";
    public override IReadOnlyList<Node> Nodes => [Data];
    public override string OutputNodes => "acctinfo{psn_no, insutype, balc}";

    public override async Task<Refusal?> Answer(Call call)
    {
        var data = call.Input.One(Data);
        var insutype = data.Text("insutype") is { Length: > 0 } asked ? asked : EmployeeScheme;
        var reply = await call.Ask(o => call.Backends.Settlement.GetAccountBalanceAsync(new GetAccountBalanceRequest { PsnNo = data.Text("psn_no") }, o));
        var json = call.Output;
        json.WriteStartObject("acctinfo");
        json.WriteString("psn_no", data.Text("psn_no"));
        json.WriteString("insutype", insutype);
        json.Fen("balc", insutype == EmployeeScheme ? reply.BalanceFen : 0);
        json.WriteEndObject();
        return null;
    }
}
