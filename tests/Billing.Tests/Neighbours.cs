using System.Net;
using Grpc.Core;
using MedInsure.Hosting;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Protos.Settlement.V1;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Queries;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MedInsure.Billing.Tests;

/// <summary>The services that billing asks, over real gRPC: an enrollment with the persons that the test put there, and a settlement that answers from the program's packs.</summary>
public sealed class Neighbours : IAsyncDisposable
{
    private readonly WebApplication app;

    private Neighbours(WebApplication app) => this.app = app;

    public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    /// <summary>By number.</summary>
    public SortedList<string, Person> Persons => app.Services.GetRequiredService<AskedEnrollment>().Persons;
    /// <summary>Whose session it is: the number, then those merged into it.</summary>
    public Dictionary<string, string[]> Sessions => app.Services.GetRequiredService<AskedPersonDesk>().Sessions;
    /// <summary>Employers' numbers by token.</summary>
    public Dictionary<string, string> EmployerTokens => app.Services.GetRequiredService<AskedEmployerDesk>().Tokens;
    /// <summary>True: no answer of settlement arrives.</summary>
    public bool IsSettlementAway { get => app.Services.GetRequiredService<AskedSettlement>().IsAway; set => app.Services.GetRequiredService<AskedSettlement>().IsAway = value; }

    /// <summary>What settlement says accounts hold, by person.</summary>
    public Dictionary<string, long> Balances => app.Services.GetRequiredService<AskedSettlement>().Balances;
    /// <summary>True: settlement withdraws, but its answer does not arrive.</summary>
    public bool IsAnswerLost { get => app.Services.GetRequiredService<AskedSettlement>().IsAnswerLost; set => app.Services.GetRequiredService<AskedSettlement>().IsAnswerLost = value; }

    public static async Task<Neighbours> Start(Tenant county, string token)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Secrets:ServiceToken"] = token, [$"Tenants:{county.Code}:Name"] = county.Name });
        builder.AddPlatform("neighbours");
        builder.Services.AddSingleton(new AskedEnrollment()).AddSingleton(new AskedPersonDesk()).AddSingleton(new AskedEmployerDesk()).AddSingleton(new AskedSettlement(county));
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        var app = builder.Build();
        app.MapGrpcService<AskedEnrollment>();
        app.MapGrpcService<AskedEmployerDesk>();
        app.MapGrpcService<AskedSettlement>();
        app.MapGrpcService<AskedPersonDesk>();
        await app.StartAsync();
        return new Neighbours(app);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    internal sealed class AskedEnrollment : Protos.Enrollment.V1.Enrollment.EnrollmentBase
    {
        public SortedList<string, Person> Persons { get; } = new(StringComparer.Ordinal);

        public override Task<ListPersonsReply> ListPersons(ListPersonsRequest request, ServerCallContext context)
        {
            var reply = new ListPersonsReply();
            lock (Persons) reply.Person.AddRange(Persons.Values.Where(p => string.CompareOrdinal(p.PsnNo, request.AfterPsnNo) > 0).Take(request.PageSize));
            if (reply.Person.Count == request.PageSize) reply.NextAfterPsnNo = reply.Person[^1].PsnNo;
            return Task.FromResult(reply);
        }
    }

    internal sealed class AskedPersonDesk : PersonDesk.PersonDeskBase
    {
        public Dictionary<string, string[]> Sessions { get; } = [];

        public override Task<OwnPerson> GetOwnPerson(GetOwnPersonRequest request, ServerCallContext context) =>
            Sessions.TryGetValue(request.Session, out var numbers) ? Task.FromResult(new OwnPerson { PsnNo = { numbers } })
                : throw new Kernel.Refusal(Kernel.RefusalKind.Unauthenticated, "session.unknown", "会话无效", "there is no such session", "session").ToRpcException();
    }

    internal sealed class AskedEmployerDesk : EmployerDesk.EmployerDeskBase
    {
        public Dictionary<string, string> Tokens { get; } = [];

        public override Task<Employer> GetEmployer(GetEmployerRequest request, ServerCallContext context) =>
            Tokens.TryGetValue(request.Token, out var number) ? Task.FromResult(new Employer { EmployerNo = number })
                : throw new Kernel.Refusal(Kernel.RefusalKind.Unauthenticated, "employer_token.invalid", "单位令牌无效", "the employer's token is unknown", "token").ToRpcException();
    }

    internal sealed class AskedSettlement(Tenant county) : Protos.Settlement.V1.Settlement.SettlementBase
    {
        private static readonly CountyPolicies Policies = CountyPolicies.Of(PolicyLibrary.LoadEmbedded());

        private readonly Dictionary<string, WithdrawFromAccountReply> withdrawn = [];

        // Not UNAVAILABLE, which our clients would repeat for ten seconds.
        private static RpcException NoAnswer => new(new Status(StatusCode.DeadlineExceeded, ""));

        public bool IsAway { get; set; }
        public bool IsAnswerLost { get; set; }
        public Dictionary<string, long> Balances { get; } = [];

        public override Task<WithdrawFromAccountReply> WithdrawFromAccount(WithdrawFromAccountRequest request, ServerCallContext context)
        {
            if (IsAway) throw NoAnswer;
            lock (withdrawn)
            {
                if (!withdrawn.TryGetValue(request.Key.MessageId, out var reply))
                {
                    var (balance, amount) = (Balances.GetValueOrDefault(request.PsnNo), request.AmountFen);
                    if (amount == 0) amount = balance;
                    if (amount == 0 || amount > balance) throw Settlement.Refusals.AccountBalanceShort.ToRpcException();
                    Balances[request.PsnNo] = balance - amount;
                    withdrawn[request.Key.MessageId] = reply = new WithdrawFromAccountReply { WithdrawalNo = $"{county.Code}S{withdrawn.Count + 1:D12}", AmountFen = amount };
                }
                return IsAnswerLost ? throw NoAnswer : Task.FromResult(reply);
            }
        }

        public override Task<Protos.Settlement.V1.ContributionTerms> GetContributionTerms(GetContributionTermsRequest request, ServerCallContext context) =>
            IsAway ? throw NoAnswer : Task.FromResult(Settlement.Queries.GetContributionTerms.Query(county, Policies, request).OrThrow());
    }
}
