namespace MedInsure.Settlement.Tests;

/// <summary>
/// A use case's refusals in their documented order. Each fault is put into a good request alone, and together with every later one: the first one is what the caller hears.
/// A later fault that is made in the same field as an earlier one is simply overwritten by it.
/// </summary>
public sealed class FaultOrder<TRequest>(params (string Code, Action<World, TRequest> Make)[] faults)
{
    /// <summary>One row per fault: its place and its code.</summary>
    public TheoryData<string> Rows => [.. faults.Select((f, i) => $"{i + 1:D2} {f.Code}")];

    public async Task Check(string row, World world, Func<TRequest> good, Func<TRequest, Task<string>> refused)
    {
        var at = int.Parse(row.AsSpan(0, 2)) - 1;
        for (var later = faults.Length - 1; later >= at; later--)
        {
            var request = good();
            if (later != at) faults[later].Make(world, request);
            faults[at].Make(world, request);
            var heard = await refused(request);
            Assert.True(heard == faults[at].Code, $"{faults[at].Code} together with {faults[later].Code} gives {heard}");
        }
    }
}
