using MedInsure.Console;
using MedInsure.Console.Access;
using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;

var builder = WebApplication.CreateBuilder(args);
if (args is ["migrate"]) return await MigrateCommand.Run(builder.Configuration, ConsoleModule.Service, typeof(ConsoleModule).Assembly, System.Console.Out);
if (args is ["add-user", var city, var user]) return await AddFirstUser.Run(builder.Configuration, city, user, System.Console.Out);
builder.AddConsole();
var app = builder.Build();
app.MapPlatform();
app.MapConsole();
await app.RunAsync();
return 0;
