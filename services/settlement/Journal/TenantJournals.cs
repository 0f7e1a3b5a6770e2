using System.Collections.Frozen;
using MedInsure.Hosting.Messaging;
using MedInsure.Hosting.Tenancy;
using MedInsure.Protos.Enrollment.V1;
using MedInsure.Reference;
using MedInsure.Settlement.Insurers;
using MedInsure.Settlement.Persons;
using MedInsure.Settlement.Policies;
using MedInsure.Settlement.Projections;

namespace MedInsure.Settlement.Journal;

/// <summary>The writers of all tenants that this process serves; started and stopped with it. They stop writing first of all, while calls are still
/// answered: another replica takes over at once, and callers that still come here are told so.</summary>
public sealed class TenantJournals : IHostedLifecycleService
{
    private readonly Func<FrozenDictionary<string, TenantJournal>> open;
    private FrozenDictionary<string, TenantJournal> journals = FrozenDictionary<string, TenantJournal>.Empty;

    public TenantJournals(TenantDatabases databases, TenantDirectory directory, ReferenceData reference, Enrollment.EnrollmentClient enrollment, PolicyLibrary policies, ContractLibrary contracts, OutboxBell bell, TimeProvider time, ILoggerFactory logs)
    {
        open = () => databases.TenantsOf(SettlementModule.Service).Where(t => !t.IsCity).ToFrozenDictionary(t => t.Code, tenant =>
        {
            var database = databases.For(tenant.Code, SettlementModule.Service);
            var projector = new Projector(tenant, database, () => bell.Ring(tenant.Code, SettlementModule.Service), time, logs.CreateLogger<Projector>());
            return new TenantJournal(tenant, database, new InsuredPersons(tenant, database, enrollment), () => reference.Find(tenant.CityCode),
                code => FindProvider(reference, directory, tenant, code), policies, contracts, projector, time, logs.CreateLogger<TenantJournal>());
        });
    }

    private TenantJournals(IEnumerable<TenantJournal> running)
    {
        journals = running.ToFrozenDictionary(j => j.Tenant.Code);
        open = () => journals;
    }

    /// <summary>Journals that their owner starts and stops.</summary>
    internal static TenantJournals Of(params IEnumerable<TenantJournal> running) => new(running);

    /// <summary>The home city's providers first; a person may also be treated in another city of the platform.</summary>
    private static ProviderRow? FindProvider(ReferenceData reference, TenantDirectory directory, Tenant home, string code) =>
        reference.Find(home.CityCode)?.FindProvider(code)
        ?? directory.All.Select(t => t.CityCode).Distinct().Where(c => c != home.CityCode).Select(c => reference.Find(c)?.FindProvider(code)).FirstOrDefault(p => p is not null);

    public IEnumerable<TenantJournal> All => journals.Values;
    public TenantJournal? Find(string tenant) => journals.GetValueOrDefault(tenant);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        journals = open();
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.WhenAll(journals.Values.Select(journal => journal.Retire()));

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(journals.Values.Select(async journal =>
    {
        await journal.DisposeAsync();
        await journal.Projector.DisposeAsync();
    }));

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
