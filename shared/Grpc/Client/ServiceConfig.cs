using Grpc.Core;

namespace Grpc.Net.Client.Configuration;

/// <summary>How a channel spreads calls over addresses and repeats failed ones.</summary>
public sealed class ServiceConfig
{
    /// <summary>What holds for which methods; the most exact name wins.</summary>
    public IList<MethodConfig> MethodConfigs { get; } = [];

    /// <summary>How calls are spread over the addresses of a <c>dns:///</c> channel; empty: the first that answers.</summary>
    public IList<LoadBalancingConfig> LoadBalancingConfigs { get; } = [];

    /// <summary>Stops repeating while most calls fail.</summary>
    public RetryThrottlingPolicy? RetryThrottling { get; set; }
}

/// <summary>What holds for some methods.</summary>
public sealed class MethodConfig
{
    /// <summary>The methods.</summary>
    public IList<MethodName> Names { get; } = [];

    /// <summary>Whether and how their failed calls are repeated. Only for methods that may safely run twice.</summary>
    public RetryPolicy? RetryPolicy { get; set; }
}

/// <summary>One method, all of a service, or all.</summary>
public sealed class MethodName
{
    /// <summary>All methods of all services.</summary>
    public static readonly MethodName Default = new();

    /// <summary>Service with package; null or empty for all.</summary>
    public string? Service { get; set; }

    /// <summary>Method; null or empty for all.</summary>
    public string? Method { get; set; }
}

/// <summary>
/// How a failed call is repeated: after a random part of a pause that grows. Unary calls and those with one request only; never after the
/// server's headers have come.
/// </summary>
public sealed class RetryPolicy
{
    /// <summary>Attempts in all, with the first; at least 2, at most 5 count.</summary>
    public int? MaxAttempts { get; set; }

    /// <summary>The first pause at most.</summary>
    public TimeSpan? InitialBackoff { get; set; }

    /// <summary>Any pause at most.</summary>
    public TimeSpan? MaxBackoff { get; set; }

    /// <summary>Factor from one pause to the next.</summary>
    public double? BackoffMultiplier { get; set; }

    /// <summary>The codes that are worth another attempt.</summary>
    public IList<StatusCode> RetryableStatusCodes { get; } = [];
}

/// <summary>A failed attempt takes a token, a good call gives a part of one back; below half of the tokens nothing is repeated.</summary>
public sealed class RetryThrottlingPolicy
{
    /// <summary>The tokens at the start and at most.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>The part of a token that a good call gives back.</summary>
    public double? TokenRatio { get; set; }
}

/// <summary>A way to spread calls.</summary>
public abstract class LoadBalancingConfig
{
    /// <summary>Name of <see cref="PickFirstConfig"/>.</summary>
    public const string PickFirstPolicyName = "pick_first";

    /// <summary>Name of <see cref="RoundRobinConfig"/>.</summary>
    public const string RoundRobinPolicyName = "round_robin";

    private protected LoadBalancingConfig(string policyName) => PolicyName = policyName;

    /// <summary>Its name.</summary>
    public string PolicyName { get; }
}

/// <summary>The first address that answers takes all calls.</summary>
public sealed class PickFirstConfig() : LoadBalancingConfig(PickFirstPolicyName);

/// <summary>Each call goes to the next address.</summary>
public sealed class RoundRobinConfig() : LoadBalancingConfig(RoundRobinPolicyName);
