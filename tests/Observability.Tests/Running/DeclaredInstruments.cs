using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace MedInsure.Observability.Tests.Running;

/// <summary>All instruments of our own that the program has, also of what has not happened yet: as Prometheus would name them.</summary>
public sealed class DeclaredInstruments : IDisposable
{
    private readonly HashSet<string> names = [];
    private readonly MeterListener listener;

    public DeclaredInstruments()
    {
        listener = new MeterListener { InstrumentPublished = (instrument, _) => { if (instrument.Meter.Name.StartsWith("MedInsure.", StringComparison.Ordinal)) Add(instrument); } };
        listener.Start();
    }

    public IReadOnlySet<string> All
    {
        get
        {
            // Classes that nothing has used yet have not made theirs.
            foreach (var type in AppDomain.CurrentDomain.GetAssemblies().Where(a => a.GetName().Name!.StartsWith("MedInsure.", StringComparison.Ordinal)).SelectMany(a => a.GetTypes()))
                if (!type.ContainsGenericParameters && type.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Any(f => f.FieldType.IsSubclassOf(typeof(Instrument))))
                    RuntimeHelpers.RunClassConstructor(type.TypeHandle);
            lock (names) return names.ToHashSet();
        }
    }

    private void Add(Instrument instrument)
    {
        var kind = instrument.GetType().Name.Replace("Observable", "", StringComparison.Ordinal).Split('`')[0] switch { "Counter" => PrometheusName.Kind.Counter, "Histogram" => PrometheusName.Kind.Histogram, _ => PrometheusName.Kind.Gauge };
        lock (names) names.UnionWith(PrometheusName.Of(instrument.Name, instrument.Unit ?? "", kind));
    }

    public void Dispose() => listener.Dispose();
}
