using Microsoft.Extensions.Configuration;

namespace MedInsure.Hosting.Messaging;

/// <summary>Where the broker is and who we are there: Bus:RabbitMq:{Host,Port,VirtualHost,User}, password Secrets:RabbitMq.</summary>
internal sealed record BrokerAddress(string Host, ushort Port, string VirtualHost, string User, string Password)
{
    public static BrokerAddress Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection("Bus:RabbitMq");
        return new(settings["Host"] ?? "", settings.GetValue<ushort>("Port", 5672), settings["VirtualHost"] ?? "/", settings["User"] ?? "medinsure", configuration["Secrets:RabbitMq"] ?? "");
    }
}
