// An insurer's client: lists its contracts, follows the stream of one into a local file, acknowledges, goes on where it was after being killed.
using Grpc.Core;
using Grpc.Net.Client;
using MedInsure.InsurerSample;
using MedInsure.Protos.Insurer.V1;

const string Usage = """
    usage: insurer-csharp (--run RUN_JSON [--insurer CODE] | --address URL --insurer CODE --kid NAME --key PEM_FILE)
                          [--contract CONTRACT_NO] [--books FILE] [--once]
    --contract  the first of the insurer's contracts when left out
    --books     the file of booked events; CONTRACT_NO.tsv when left out
    --once      end when everything that is there now is booked and acknowledged; else follow until interrupted
    """;

var given = new Dictionary<string, string>();
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--once") given[args[i]] = "";
    else if (args[i] is "--run" or "--address" or "--insurer" or "--kid" or "--key" or "--contract" or "--books" && i + 1 < args.Length) given[args[i]] = args[++i];
    else return Misused();
}
if (!given.ContainsKey("--run") && !(given.ContainsKey("--address") && given.ContainsKey("--insurer") && given.ContainsKey("--kid") && given.ContainsKey("--key"))) return Misused();
var identity = given.TryGetValue("--run", out var run) ? InsurerIdentity.FromRun(run, given.GetValueOrDefault("--insurer")) : InsurerIdentity.FromFile(given["--address"], given["--insurer"], given["--kid"], given["--key"]);

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) => { e.Cancel = true; interrupted.Cancel(); };
using var channel = GrpcChannel.ForAddress(identity.Address);
var client = new InsurerExchange.InsurerExchangeClient(channel);
try
{
    var contracts = (await client.ListContractsAsync(new ListContractsRequest(), identity.Headers(), cancellationToken: interrupted.Token)).Contract;
    foreach (var c in contracts) Console.WriteLine($"contract {c.ContractNo} {c.ChineseName}: {c.Kind}, {c.FromOn} to {c.ToOn}, {c.County.Count} counties, acknowledged {c.AcknowledgedCursor} of {c.LastCursor}");
    var contract = contracts.FirstOrDefault(c => !given.TryGetValue("--contract", out var number) || c.ContractNo == number);
    if (contract is null) { Console.Error.WriteLine("no such contract"); return 1; }

    using var books = new BookedClaims(given.GetValueOrDefault("--books") ?? $"{contract.ContractNo}.tsv");
    try
    {
        await new ClaimFollower(client, identity, contract, books, Console.Out).Follow(given.ContainsKey("--once") ? contract.LastCursor : null, interrupted.Token);
    }
    catch (Exception e) when (interrupted.IsCancellationRequested && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled }) { /* asked to end */ }
    var kinds = string.Join(", ", books.Kinds.OrderBy(k => k.Key).Select(k => $"{k.Key} {k.Value}"));
    Console.WriteLine($"booked {books.Cursor} events ({kinds}), sum {books.SumFen} fen");
    return 0;
}
catch (RpcException e)
{
    Console.Error.WriteLine($"{e.StatusCode}: {e.Status.Detail}");
    return 1;
}

int Misused()
{
    Console.Error.WriteLine(Usage);
    return 2;
}
