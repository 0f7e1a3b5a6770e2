using MedInsure.Hosting;
using MedInsure.Settlement;

var builder = WebApplication.CreateBuilder(args);
builder.AddSettlement();
var app = builder.Build();
app.MapPlatform();
app.MapSettlement();
app.Run();
