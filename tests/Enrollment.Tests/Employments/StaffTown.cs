using System.Net;
using System.Text.Json;
using MedInsure.Enrollment.Tests.Persons;
using MedInsure.Events;
using MedInsure.Protos.Enrollment.V1;

namespace MedInsure.Enrollment.Tests.Employments;

/// <summary>A county with employers E1, E2 and persons, and a desk that acts on them.</summary>
internal sealed class StaffTown : IAsyncDisposable
{
    private int keys;

    private StaffTown(EnrollmentHost host) => Host = host;

    public EnrollmentHost Host { get; }

    public static async Task<StaffTown> Open(EnrollmentHost host)
    {
        var town = new StaffTown(host);
        foreach (var number in (string[])["E1", "E2"])
            Assert.Equal(HttpStatusCode.OK, (await host.Ask("employers", new { request_key = $"open-{number}", employer_no = number, employer_name = $"单位{number}", kind = "enterprise", by = "王经办" })).Status);
        return town;
    }

    public string Key() => $"key-{++keys}";

    /// <returns>The number of a new resident, unless the row says otherwise.</returns>
    public async Task<string> Enrol(Func<PersonCsv, PersonCsv>? with = null)
    {
        var person = PersonCsv.New(Host.County) with { To = "2020-12-31" };
        person = with?.Invoke(person with { To = "" }) ?? person;
        Assert.Equal(1, (await EnrollmentHost.Import(Host.Persons(), PersonCsv.File(person))).Changed);
        return person.PsnNo;
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> Start(string person, string employer, int month, string wage, bool maternity = false, string why = "", string? key = null) =>
        Host.Ask("employments", new { request_key = key ?? Key(), psn_no = person, employer_no = employer, month, wage, maternity, by = "王经办", why });

    /// <summary>Stops the person's present employment.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> Stop(string person, int lastMonth, string ended = "stopped", string why = "") =>
        await Host.Ask($"employments/{await Employment(person)}/stop", new { request_key = Key(), last_month = lastMonth, ended, by = "王经办", why });

    /// <returns>The number of the person's latest employment.</returns>
    public Task<long> Employment(string person) => Host.Sql<long>($"SELECT employment_no FROM employment WHERE psn_no = '{person}' ORDER BY from_month DESC, employment_no DESC LIMIT 1");

    /// <returns>The number and the secret of a token that the agency gives to a person of the employer.</returns>
    public async Task<(long Number, string Secret)> Token(string employer, bool mayDeclare = true, string validTo = "2026-12-31")
    {
        var (status, body) = await Host.Ask($"employers/{employer}/tokens", new { holder = $"{employer}的张会计", may_declare = mayDeclare, valid_to = validTo, by = "王经办" });
        Assert.Equal(HttpStatusCode.OK, status);
        return (body.GetProperty("token_no").GetInt64(), body.GetProperty("secret").GetString()!);
    }

    public async Task<string?> Code(Task<(HttpStatusCode Status, JsonElement Body)> act) => (await act).Body.TryGetProperty("code", out var code) ? code.GetString() : null;

    public async Task<Person> Person(string number) => await Host.Client.GetPersonAsync(new GetPersonRequest { PsnNo = number }, Host.Headers());

    /// <summary>Cover of the employees' schemes.</summary>
    public async Task<List<(string Insutype, string PsnType, int From, int To, string Employer)>> StaffCover(string number) =>
        [.. (await Person(number)).Coverage.Where(c => c.Insutype is "310" or "510").Select(c => (c.Insutype, c.PsnType, c.FromOn, c.ToOn, c.EmployerNo))];

    public async Task<InsuredPersonChanged> LastOfPerson(string number) =>
        EventJson.Read<InsuredPersonChanged>(await Host.Sql<byte[]>($"SELECT payload FROM outbox WHERE type = 'InsuredPersonChanged' AND aggregate = '{number}' ORDER BY seq DESC LIMIT 1"));

    /// <summary>All events of employments, in their order.</summary>
    public Task<List<EmploymentChanged>> Told() => Told<EmploymentChanged>();

    public async Task<List<T>> Told<T>()
    {
        await using var command = Host.Databases.For(Host.County, EnrollmentModule.Service).CreateCommand($"SELECT payload FROM outbox WHERE type = '{typeof(T).Name}' ORDER BY seq");
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<T>();
        while (await reader.ReadAsync()) events.Add(EventJson.Read<T>((byte[])reader[0]));
        return events;
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
