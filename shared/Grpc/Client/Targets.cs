using System.Collections.Concurrent;
using System.Net;
using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>
/// The addresses of a channel. One that refused a connection is passed over for a moment; names are asked for again after a while and after
/// failures, so that instances of a headless service come and go.
/// </summary>
internal sealed class Targets
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly Uri _address;
    private readonly bool _roundRobin;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>>? _resolve;
    private readonly Lock _gate = new();
    private Target[] _targets;
    private long _resolvedAt;
    private Task? _resolving;
    private int _next = -1;

    /// <summary>One fixed address; the HTTP handler resolves it.</summary>
    internal Targets(Uri address)
    {
        _address = address;
        _targets = [new Target(address, null)];
    }

    /// <summary>All addresses behind a name.</summary>
    internal Targets(Uri address, bool roundRobin, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        _address = address;
        _roundRobin = roundRobin;
        _resolve = resolve;
        _targets = [];
    }

    internal sealed class Target(Uri address, string? host)
    {
        private readonly ConcurrentDictionary<IMethod, Uri> _paths = new();

        internal Uri PathOf(IMethod method) => _paths.TryGetValue(method, out var path) ? path : _paths.GetOrAdd(method, new Uri(Address, method.FullName));

        internal Uri Address { get; } = address;

        /// <summary>The name that the request, and TLS, shall carry; null where the address has it.</summary>
        internal string? Host { get; } = host;

        internal long RestsUntil;
    }

    internal int Count => _targets.Length;

    /// <summary>Of a channel with one fixed address.</summary>
    internal Target Only => _targets[0];

    internal ValueTask<Target> Pick(CancellationToken cancellationToken)
    {
        var targets = _targets;
        if (_resolve is null)
            return new ValueTask<Target>(targets[0]);
        if (targets.Length == 0)
            return Resolved(cancellationToken);
        if (Environment.TickCount64 - Volatile.Read(ref _resolvedAt) > Fresh.TotalMilliseconds)
            _ = Resolve(); // In the background: the known ones will do meanwhile.
        return new ValueTask<Target>(Choose(targets));
    }

    private Target Choose(Target[] targets)
    {
        var start = _roundRobin ? (int)((uint)Interlocked.Increment(ref _next) % (uint)targets.Length) : 0;
        var now = Environment.TickCount64;
        for (var i = 0; i < targets.Length; i++)
        {
            var target = targets[(start + i) % targets.Length];
            if (Volatile.Read(ref target.RestsUntil) <= now)
                return target;
        }
        return targets[start];
    }

    internal void Failed(Target target)
    {
        if (_resolve is null)
            return;
        Volatile.Write(ref target.RestsUntil, Environment.TickCount64 + (long)Rest.TotalMilliseconds);
        if (Environment.TickCount64 - Volatile.Read(ref _resolvedAt) > Rest.TotalMilliseconds)
            _ = Resolve();
    }

    private async ValueTask<Target> Resolved(CancellationToken cancellationToken)
    {
        await Resolve().WaitAsync(cancellationToken);
        var targets = _targets;
        return targets.Length > 0 ? Choose(targets) : throw new HttpRequestException(HttpRequestError.NameResolutionError, $"No address for {_address.Host}.");
    }

    private Task Resolve()
    {
        lock (_gate)
            return _resolving ??= Run();

        async Task Run()
        {
            await Task.Yield();
            try
            {
                var found = await _resolve!(_address.Host, CancellationToken.None);
                var known = _targets.ToDictionary(t => t.Address);
                var host = _address.IsDefaultPort ? _address.Host : _address.Authority;
                var targets = found.Select(ip => new UriBuilder(_address) { Host = ip.ToString() }.Uri).Distinct()
                    .Select(uri => known.GetValueOrDefault(uri) ?? new Target(uri, host)).ToArray();
                if (targets.Length > 0)
                    _targets = targets;
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Who has no addresses at all is told so; whoever has some goes on with them.
            }
            finally
            {
                Volatile.Write(ref _resolvedAt, Environment.TickCount64);
                lock (_gate)
                    _resolving = null;
            }
        }
    }
}
