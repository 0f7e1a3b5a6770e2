using MedInsure.Hosting;
using MedInsure.Enrollment;

var builder = WebApplication.CreateBuilder(args);
builder.AddEnrollment();
var app = builder.Build();
app.MapPlatform();
app.MapEnrollment();
app.Run();
