namespace MedInsure.Local.Tests.Year;

/// <summary>A covered year from enrolment to the last month's bills, in the order of its days.</summary>
public static class CountyYear
{
    /// <returns>The residents' total as a sentence.</returns>
    public static async Task<string> Run(CountyHost host, CountyFigures figures, TextWriter log)
    {
        var residents = new ResidentYear(host, new GeneratedCounty(figures), log);
        var employees = figures.Employees > 0 ? new EmployeeYear(host, new GeneratedStaff(figures), log) : null;
        if (employees is not null) await employees.Enrol();
        await residents.Enrol();
        await residents.Assess();
        await residents.PayInVillages();
        await residents.PayByBank();
        await residents.PayOnline();
        await residents.PayAtCounter();
        await residents.Reconcile();
        await residents.ClaimSubsidies("before the clean-up");
        if (employees is not null)
        {
            host.Today = new DateOnly(2020, 1, 5);
            await employees.Declare();
            await employees.Month(1);
        }
        await residents.CleanUp();
        if (employees is not null) await employees.Month(2);
        await residents.PayLate();
        await residents.ClaimSubsidies("after it");
        await residents.ReceiveSubsidies();
        await residents.Covered();
        for (var month = 3; month <= 12 && employees is not null; month++) await employees.Month(month);
        var due = employees is null ? default : await employees.Totals();
        var total = await residents.Totals();
        await new LedgerYear(host, figures, log).Totals(due);
        return total;
    }
}
