using MedInsure.Hosting;
using MedInsure.Hosting.Tenancy;
using MedInsure.Enrollment;

var builder = WebApplication.CreateBuilder(args);
if (args is ["migrate"]) return await MigrateCommand.Run(builder.Configuration, EnrollmentModule.Service, typeof(EnrollmentModule).Assembly, Console.Out);
builder.AddEnrollment();
var app = builder.Build();
app.MapPlatform();
app.MapEnrollment();
await app.RunAsync();
return 0;
