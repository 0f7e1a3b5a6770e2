using MedInsure.FraudAudit;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;

var builder = WebApplication.CreateBuilder(args);
if (args is ["migrate"]) return await MigrateCommand.Run(builder.Configuration, FraudAuditModule.Service, typeof(FraudAuditModule).Assembly, Console.Out);
builder.AddFraudAudit();
var app = builder.Build();
app.MapPlatform();
app.MapFraudAudit();
await app.RunAsync();
return 0;
