using MedInsure.Settlement.Tests.Supplements;

namespace MedInsure.Settlement.Tests;

[Trait("Category", "Unit")]
public sealed class CallCircuitTests
{
    private readonly StandingClock clock = new(SettlementNode.Start);

    [Fact]
    public void FailuresInARow_StopTheCallsForAWhile_ThenOneTries()
    {
        var circuit = new CallCircuit(clock);
        for (var i = 0; i < CallCircuit.FailuresMax; i++)
        {
            Assert.True(circuit.TryEnter());
            circuit.Failed();
        }
        Assert.False(circuit.TryEnter());
        clock.Now += CallCircuit.Pause;
        Assert.True(circuit.TryEnter());
        Assert.False(circuit.TryEnter()); // while the one is under way
        circuit.Failed();
        clock.Now += CallCircuit.Pause - TimeSpan.FromTicks(1);
        Assert.False(circuit.TryEnter());
        clock.Now += TimeSpan.FromTicks(1);
        Assert.True(circuit.TryEnter());
        circuit.Answered();
        Assert.True(circuit.TryEnter());
        Assert.True(circuit.TryEnter());
    }

    [Fact]
    public void AnswerBetween_BeginsTheCountAnew()
    {
        var circuit = new CallCircuit(clock);
        for (var i = 0; i < 10 * CallCircuit.FailuresMax; i++)
        {
            Assert.True(circuit.TryEnter());
            if (i % CallCircuit.FailuresMax == 0) circuit.Answered(); else circuit.Failed();
        }
    }
}
