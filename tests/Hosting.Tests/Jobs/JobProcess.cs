using MedInsure.Hosting.Jobs;
using MedInsure.Hosting.Tests.Messaging;

namespace MedInsure.Hosting.Tests.Jobs;

/// <summary>A process whose settlement has the job "count", which does what the test says.</summary>
internal static class JobProcess
{
    public const string Job = "count";

    public static Task<CounterProcess> Start(Dictionary<string, string?> settings, Func<JobPlace, CancellationToken, Task<JobOutcome>> handler) =>
        CounterProcess.Start(new(settings) { ["Secrets:ServiceToken"] = "service", ["Secrets:OperatorToken"] = "operator" }, more: builder => builder.AddJob(CounterProcess.Consumer, Job, handler));
}
