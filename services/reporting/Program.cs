using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.Reporting;

var builder = WebApplication.CreateBuilder(args);
if (args is ["migrate"]) return await MigrateCommand.Run(builder.Configuration, ReportingModule.Service, typeof(ReportingModule).Assembly, Console.Out);
builder.AddReporting();
var app = builder.Build();
app.MapPlatform();
app.MapReporting();
await app.RunAsync();
return 0;
