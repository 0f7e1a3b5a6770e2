using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace MedInsure.Hosting.Rpc;

/// <summary>One address of a service.</summary>
internal sealed class Replica(Uri address, CallInvoker calls)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private long restsUntil;

    public Uri Address { get; } = address;
    public CallInvoker Calls { get; } = calls;

    /// <summary>It could not be reached a moment ago: others are asked first.</summary>
    public bool IsResting => Volatile.Read(ref restsUntil) > Environment.TickCount64;

    public void Failed() => Volatile.Write(ref restsUntil, Environment.TickCount64 + (long)Rest.TotalMilliseconds);
}

/// <summary>The addresses of a service: as configured, or those behind a name, asked for again after a while and after failures, since replicas come and go.</summary>
internal sealed class ServiceReplicas
{
    private const string Dns = "dns:///";
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5), Rest = TimeSpan.FromMilliseconds(500);

    private readonly Func<Uri, CallInvoker> connect;
    private readonly Uri? name;
    private readonly Lock gate = new();
    private volatile Replica[] replicas;
    private Task? resolving;
    private long resolvedAt;
    private int turn = -1;

    private ServiceReplicas(Func<Uri, CallInvoker> connect, Uri? name, Replica[] replicas) => (this.connect, this.name, this.replicas) = (connect, name, replicas);

    /// <param name="addresses">http://host:port, several separated by commas, or dns:///name:port.</param>
    /// <exception cref="InvalidOperationException">Neither of these.</exception>
    public static ServiceReplicas Parse(string addresses, Func<Uri, CallInvoker> connect)
    {
        if (addresses.StartsWith(Dns, StringComparison.Ordinal)) return new ServiceReplicas(connect, UriOf("http://" + addresses[Dns.Length..]), []);
        Uri[] all = [.. addresses.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(UriOf)];
        return all.Length > 0 ? new ServiceReplicas(connect, null, [.. all.Select(uri => new Replica(uri, connect(uri)))]) : throw Malformed(addresses);
    }

    private static Uri UriOf(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0 ? uri : throw Malformed(address);

    private static InvalidOperationException Malformed(string address) => new($"{address} is not the address of a service: http://host:port, several separated by commas, or dns:///name:port");

    /// <summary>All, none when the name has no address.</summary>
    public ValueTask<Replica[]> Get(CancellationToken cancellation)
    {
        var known = replicas;
        if (name is null) return new(known);
        if (known.Length == 0) return new(FirstResolved(cancellation));
        if (Environment.TickCount64 - Volatile.Read(ref resolvedAt) > Fresh.TotalMilliseconds) _ = Resolve(); // in the background: the known ones will do meanwhile
        return new(known);
    }

    /// <summary>As <see cref="Get"/>, for callers that cannot wait.</summary>
    public Replica[] Known()
    {
        if (name is not null && replicas.Length == 0) Resolve().GetAwaiter().GetResult();
        return replicas;
    }

    public Replica? InTurn(Replica[] all) => all.Length == 0 ? null : Awake(all, (int)((uint)Interlocked.Increment(ref turn) % (uint)all.Length));

    /// <summary>The one after a replica that failed.</summary>
    public static Replica? After(Replica[] all, Replica failed) => all.Length == 0 ? null : Awake(all, (Array.IndexOf(all, failed) + 1) % all.Length);

    public void Failed(Replica replica)
    {
        replica.Failed();
        if (name is not null && Environment.TickCount64 - Volatile.Read(ref resolvedAt) > Rest.TotalMilliseconds) _ = Resolve();
    }

    private static Replica Awake(Replica[] all, int start)
    {
        for (var i = 0; i < all.Length; i++)
            if (all[(start + i) % all.Length] is { IsResting: false } replica) return replica;
        return all[start];
    }

    private async Task<Replica[]> FirstResolved(CancellationToken cancellation)
    {
        try { await Resolve().WaitAsync(cancellation); }
        catch (OperationCanceledException e) { throw new RpcException(new Status(StatusCode.Cancelled, "Call canceled by the client.", e)); }
        return replicas;
    }

    private Task Resolve()
    {
        lock (gate) return resolving ??= Task.Run(Ask);

        async Task Ask()
        {
            try
            {
                var found = await System.Net.Dns.GetHostAddressesAsync(name!.Host);
                var known = replicas.ToDictionary(r => r.Address);
                Replica[] now = [.. found.Select(ip => new UriBuilder(name) { Host = ip.ToString() }.Uri).Distinct().Select(uri => known.GetValueOrDefault(uri) ?? new Replica(uri, connect(uri)))];
                if (now.Length > 0) replicas = now;
            }
            catch (SocketException)
            {
                // Whoever knows some addresses goes on with them.
            }
            finally
            {
                Volatile.Write(ref resolvedAt, Environment.TickCount64);
                lock (gate) resolving = null;
            }
        }
    }
}
