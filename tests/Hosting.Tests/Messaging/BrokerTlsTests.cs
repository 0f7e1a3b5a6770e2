using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MedInsure.Hosting.Tests.Messaging;

/// <summary>Bus:RabbitMq:Tls: what goes to a broker in another cluster is encrypted, and not sent to whoever shows no certificate of a trusted authority.</summary>
[Trait("Category", "Messaging")]
public sealed class BrokerTlsTests
{
    /// <summary>A server that nobody trusts; what it saw of one connection: the name that was asked for, and whether the client went on.</summary>
    private static async Task<(string? Name, bool WentOn)> Meet(bool tls)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        var settings = new Dictionary<string, string?>
        {
            ["Bus:RabbitMq:Host"] = "localhost", ["Bus:RabbitMq:Port"] = $"{((IPEndPoint)listener.LocalEndpoint).Port}", ["Bus:RabbitMq:Tls"] = tls ? "true" : null, ["Secrets:RabbitMq"] = "never-sent-in-clear",
        };
        await using var process = await CounterProcess.Start(settings);
        using var client = await listener.AcceptTcpClientAsync(patience.Token);
        string? name = null;
        await using var secure = new SslStream(client.GetStream());
        try
        {
            await secure.AuthenticateAsServerAsync((_, hello, _, _) =>
            {
                name = hello.ServerName;
                return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = certificate });
            }, null, patience.Token);
            var read = await secure.ReadAsync(new byte[8], patience.Token);
            return (name, read > 0);
        }
        catch (Exception e) when (e is IOException or AuthenticationException) { return (name, false); }
    }

    [Fact]
    public async Task Broker_is_asked_for_by_name_and_left_when_nobody_vouches_for_it() => Assert.Equal(("localhost", false), await Meet(tls: true));

    [Fact]
    public async Task Without_the_setting_no_encryption_is_tried() => Assert.Equal((null, false), await Meet(tls: false));
}
