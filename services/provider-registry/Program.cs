using MedInsure.Hosting;
using MedInsure.ProviderRegistry;

var builder = WebApplication.CreateBuilder(args);
builder.AddProviderRegistry();
var app = builder.Build();
app.MapPlatform();
app.MapProviderRegistry();
app.Run();
