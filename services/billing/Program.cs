using MedInsure.Billing;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;

var builder = WebApplication.CreateBuilder(args);
if (args is ["migrate"]) return await MigrateCommand.Run(builder.Configuration, BillingModule.Service, typeof(BillingModule).Assembly, Console.Out);
builder.AddBilling();
var app = builder.Build();
app.MapPlatform();
app.MapBilling();
await app.RunAsync();
return 0;
