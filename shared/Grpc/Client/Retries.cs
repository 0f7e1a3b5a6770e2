using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace Grpc.Net.Client;

/// <summary>The retry policies of a channel, by method, and their common throttle.</summary>
internal sealed class Retries
{
    private const int AttemptsLimit = 5;

    private readonly ConcurrentDictionary<IMethod, RetryPolicy?> _policies = new();
    private readonly ServiceConfig _config;
    private readonly double _maxTokens;
    private readonly double _ratio;
    private readonly Lock _gate = new();
    private double _tokens;

    internal Retries(ServiceConfig config)
    {
        _config = config;
        (_maxTokens, _ratio) = (config.RetryThrottling?.MaxTokens ?? 0, config.RetryThrottling?.TokenRatio ?? 0);
        _tokens = _maxTokens;
        foreach (var method in config.MethodConfigs)
            if (method.RetryPolicy is { } policy)
                Check(policy);
    }

    private static void Check(RetryPolicy policy)
    {
        if (policy.MaxAttempts is null or < 2)
            throw new InvalidOperationException("A retry policy needs MaxAttempts of at least 2.");
        if (policy.InitialBackoff is not { Ticks: > 0 } || policy.MaxBackoff is not { Ticks: > 0 } || policy.BackoffMultiplier is not > 0)
            throw new InvalidOperationException("A retry policy needs InitialBackoff, MaxBackoff and BackoffMultiplier above 0.");
        if (policy.RetryableStatusCodes.Count == 0)
            throw new InvalidOperationException("A retry policy needs at least one retryable status code.");
    }

    internal RetryPolicy? PolicyOf(IMethod method) => _policies.GetOrAdd(method, Find);

    private RetryPolicy? Find(IMethod method)
    {
        var (best, found) = (-1, (RetryPolicy?)null);
        foreach (var config in _config.MethodConfigs)
            foreach (var name in config.Names)
            {
                var exactness = string.IsNullOrEmpty(name.Service) ? 0
                    : name.Service != method.ServiceName ? -1
                    : string.IsNullOrEmpty(name.Method) ? 1
                    : name.Method == method.Name ? 2 : -1;
                if (exactness > best)
                    (best, found) = (exactness, config.RetryPolicy);
            }
        return found;
    }

    internal static bool AllowsMore(RetryPolicy policy, int attempts) => attempts < Math.Min(policy.MaxAttempts!.Value, AttemptsLimit);

    /// <summary>Some time up to the pause: callers that failed together shall not come back together.</summary>
    internal static TimeSpan PauseAfter(RetryPolicy policy, int attempts)
    {
        var pause = Math.Min(policy.InitialBackoff!.Value.TotalMilliseconds * Math.Pow(policy.BackoffMultiplier!.Value, attempts - 1), policy.MaxBackoff!.Value.TotalMilliseconds);
#pragma warning disable CA5394 // Spreads load, guards nothing.
        return TimeSpan.FromMilliseconds(pause * Random.Shared.NextDouble());
#pragma warning restore CA5394
    }

    /// <summary>Counts a failed attempt; false while too many fail.</summary>
    internal bool TryTakeToken()
    {
        if (_maxTokens <= 0)
            return true;
        lock (_gate)
        {
            _tokens = Math.Max(0, _tokens - 1);
            return _tokens > _maxTokens / 2;
        }
    }

    internal void Succeeded()
    {
        if (_maxTokens <= 0)
            return;
        lock (_gate)
            _tokens = Math.Min(_maxTokens, _tokens + _ratio);
    }
}
