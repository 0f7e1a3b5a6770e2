using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.ProviderRegistry;

var builder = WebApplication.CreateBuilder(args);
if (args is ["migrate"]) return await MigrateCommand.Run(builder.Configuration, ProviderRegistryModule.Service, typeof(ProviderRegistryModule).Assembly, Console.Out);
builder.AddProviderRegistry();
var app = builder.Build();
app.MapPlatform();
app.MapProviderRegistry();
await app.RunAsync();
return 0;
