using System.Buffers;
using System.Text.Json;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;

namespace MedInsure.Gateway;

/// <summary>GET /fsi/api/transactions: the field tables that the requests are checked by, for people who write the other side.</summary>
public static class TransactionCatalog
{
    public static readonly ReadOnlyMemory<byte> Json = Render();

    private static ReadOnlyMemory<byte> Render()
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using (var json = new Utf8JsonWriter(buffer, NationalJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("address", GatewayModule.CommonAddress);
            json.WriteStartArray("envelope");
            foreach (var field in Envelope.Fields.Fields) Write(json, field);
            json.WriteEndArray();
            json.WriteStartArray("transactions");
            foreach (var transaction in TransactionTable.All) Write(json, transaction);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, Transaction transaction)
    {
        json.WriteStartObject();
        json.WriteStartArray("infno");
        foreach (var number in transaction.Numbers) json.WriteStringValue(number);
        json.WriteEndArray();
        json.WriteString("title", transaction.Title);
        json.WriteStartArray("addresses");
        foreach (var number in transaction.Numbers) json.WriteStringValue(GatewayModule.AddressOf(transaction, number));
        json.WriteEndArray();
        json.WriteBoolean("changes", transaction.IsCommand);
        json.WriteString("output", transaction.OutputNodes);
        json.WriteStartArray("input");
        foreach (var node in transaction.Nodes) Write(json, node);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Node node)
    {
        json.WriteStartObject();
        json.WriteString("node", node.Name);
        json.WriteString("label", node.Label);
        json.WriteBoolean("required", node.RowsMin > 0);
        json.WriteNumber("rows_max", node.RowsMax);
        json.WriteStartArray("fields");
        foreach (var field in node.Fields) Write(json, field);
        json.WriteEndArray();
        if (node.Children.Count > 0)
        {
            json.WriteStartArray("nodes");
            foreach (var child in node.Children) Write(json, child);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Field field)
    {
        json.WriteStartObject();
        json.WriteString("name", field.Name);
        json.WriteString("label", field.Label);
        json.WriteString("type", field.Notation);
        json.WriteBoolean("required", field.Required);
        if (field.MayBeNegative) json.WriteBoolean("may_be_negative", true);
        if (field.Codes is { } codes)
        {
            json.WriteStartArray("codes");
            foreach (var code in codes.Values.Order(StringComparer.Ordinal)) json.WriteStringValue(code);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
