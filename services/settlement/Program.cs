using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.Settlement;
using MedInsure.Settlement.Journal;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Simulation;

if (args is ["policy", "simulate", .. var simulated]) return await SimulateCommand.Run(simulated, WebApplication.CreateBuilder().Configuration, Console.Out, Console.Error);
if (args is ["policy", .. var asked]) return PolicyCommand.Run(asked, Console.Out);
var builder = WebApplication.CreateBuilder(args);
if (args is ["migrate"]) return await MigrateCommand.Run(builder.Configuration, SettlementModule.Service, typeof(SettlementModule).Assembly, Console.Out);
if (args is ["verify"]) return await VerifyCommand.Run(builder.Configuration, Console.Out);
builder.AddSettlement();
var app = builder.Build();
app.MapPlatform();
app.MapSettlement();
await app.RunAsync();
return 0;
