using Microsoft.Extensions.Configuration;

namespace MedInsure.Hosting.Messaging;

/// <summary>Where the broker is and who we are there: Bus:RabbitMq:{Host,Port,VirtualHost,User,Tls}, password Secrets:RabbitMq.</summary>
/// <param name="Tls">The connection is encrypted, and the broker's certificate must be of a trusted authority and of this host.</param>
internal sealed record BrokerAddress(string Host, ushort Port, string VirtualHost, string User, string Password, bool Tls)
{
    public static BrokerAddress Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Bus:RabbitMq");
        return new(settings["Host"] ?? "", settings.GetValue<ushort>("Port", 5672), settings["VirtualHost"] ?? "/", settings["User"] ?? "medinsure", configuration["Secrets:RabbitMq"] ?? "",
            settings.GetValue("Tls", false));
    }
}
