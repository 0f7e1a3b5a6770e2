using System.CommandLine;
using MedInsure.Tool;
using MedInsure.Tool.Hospital;
using MedInsure.Tool.Imports;
using MedInsure.Tool.Tenants;

var root = new RootCommand("The operator's tool of a running platform") { ImportCommand.Command(), HospitalSim.Command(), TenantsCommand.Command() };
var parsed = root.Parse(args);
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (ToolException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
