namespace MedInsure.Grpc.Tests.Interop;

/// <summary>grpc-js as client of our server; the cases run in one process and are told apart here.</summary>
public sealed class NodeClientRun : IAsyncLifetime
{
    private readonly Lazy<Task<IReadOnlyDictionary<string, string>>> _results = new(Run);

    public async Task<string> Of(string name) => (await _results.Value).TryGetValue(name, out var result) ? result : "the case did not run";

    private static async Task<IReadOnlyDictionary<string, string>> Run()
    {
        await using var server = await ProbeServer.Start();
        using var peer = await NodePeer.Start("client", server.Address.Authority);
        return (await peer.ReadToEnd()).Select(line => line.Split('\t')).ToDictionary(parts => parts[0], parts => parts[1]);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => Task.CompletedTask;
}

[Trait("Category", "Interop")]
public class NodeClientTests(NodeClientRun run) : IClassFixture<NodeClientRun>
{
    [Theory]
    [InlineData("empty_unary")]
    [InlineData("large_unary")]
    [InlineData("oversized_unary")]
    [InlineData("client_streaming")]
    [InlineData("server_streaming")]
    [InlineData("ping_pong")]
    [InlineData("empty_stream")]
    [InlineData("custom_metadata")]
    [InlineData("status_code_and_message")]
    [InlineData("special_status_message")]
    [InlineData("handler_exception")]
    [InlineData("unimplemented_method")]
    [InlineData("unimplemented_service")]
    [InlineData("cancel_after_begin")]
    [InlineData("cancel_after_first_response")]
    [InlineData("timeout_on_sleeping_server")]
    [InlineData("client_compressed_unary")]
    [InlineData("server_compressed_unary")]
    [InlineData("client_compressed_streaming")]
    [InlineData("server_compressed_streaming")]
    [InlineData("many_concurrent_calls")]
    public async Task Node_client_is_served(string name) => Assert.Equal("ok", await run.Of(name));
}
