using MedInsure.Gateway;
using MedInsure.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddGateway();
var app = builder.Build();
app.MapPlatform();
app.MapGateway();
app.Run();
