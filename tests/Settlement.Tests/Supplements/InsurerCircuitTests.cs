using MedInsure.Settlement.Supplements;

namespace MedInsure.Settlement.Tests.Supplements;

[Trait("Category", "Unit")]
public sealed class InsurerCircuitTests
{
    private readonly StandingClock clock = new(SettlementNode.Start);

    [Fact]
    public void FailuresInARow_StopTheCallsForAWhile_ThenOneTries()
    {
        var circuit = new InsurerCircuit(clock);
        for (var i = 0; i < InsurerCircuit.FailuresMax; i++)
        {
            Assert.True(circuit.TryEnter());
            circuit.Failed();
        }
        Assert.False(circuit.TryEnter());
        clock.Now += InsurerCircuit.Pause;
        Assert.True(circuit.TryEnter());
        Assert.False(circuit.TryEnter()); // while the one is under way
        circuit.Failed();
        clock.Now += InsurerCircuit.Pause - TimeSpan.FromTicks(1);
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
        var circuit = new InsurerCircuit(clock);
        for (var i = 0; i < 10 * InsurerCircuit.FailuresMax; i++)
        {
            Assert.True(circuit.TryEnter());
            if (i % InsurerCircuit.FailuresMax == 0) circuit.Answered(); else circuit.Failed();
        }
    }
}
