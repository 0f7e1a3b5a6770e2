using Google.Protobuf.Reflection;
using MedInsure.Protos.Insurer.V1;

namespace MedInsure.Protos.Tests.Contracts;

/// <summary>
/// What a contract promises to clients that were built with it, a line each: whatever a generated client compiles against or the wire carries. A later
/// version may add lines and take none away (as buf's FILE rules have it).
/// </summary>
internal static class ContractPromise
{
    /// <summary>Of medinsure.insurer.v1, as it is compiled here.</summary>
    public static List<FileDescriptorProto> Insurer { get; } = [ExchangeReflection.Descriptor.ToProto(), BillReflection.Descriptor.ToProto()];

    public static List<string> Of(IEnumerable<FileDescriptorProto> files) => [.. files.SelectMany(Lines).Order(StringComparer.Ordinal)];

    /// <summary>Promised and not kept.</summary>
    public static List<string> Broken(IEnumerable<string> promised, IEnumerable<FileDescriptorProto> files) => [.. promised.Except(Of(files))];

    private static IEnumerable<string> Lines(FileDescriptorProto file)
    {
        var (package, options) = (file.Package, file.Options);
        yield return $"file {file.Name}: package {package}, {file.Syntax}";
        yield return $"file {file.Name}: csharp {options.CsharpNamespace}, java {options.JavaPackage} {(options.JavaMultipleFiles ? "many files" : "one file")}, go {options.GoPackage}";
        foreach (var service in file.Service)
        {
            yield return $"service {package}.{service.Name} in {file.Name}";
            foreach (var rpc in service.Method)
                yield return $"rpc {package}.{service.Name}.{rpc.Name}: {(rpc.ClientStreaming ? "stream " : "")}{rpc.InputType} returns {(rpc.ServerStreaming ? "stream " : "")}{rpc.OutputType}";
        }
        foreach (var message in file.MessageType)
            foreach (var line in Lines(file.Name, package, message)) yield return line;
        foreach (var one in file.EnumType)
            foreach (var line in Lines(file.Name, package, one)) yield return line;
    }

    private static IEnumerable<string> Lines(string file, string scope, DescriptorProto message)
    {
        var name = $"{scope}.{message.Name}";
        yield return $"message {name} in {file}";
        foreach (var field in message.Field)
        {
            var type = field.TypeName.Length > 0 ? field.TypeName : field.Type.ToString().ToLowerInvariant();
            var oneof = field is { HasOneofIndex: true, Proto3Optional: false } ? $", one of {message.OneofDecl[field.OneofIndex].Name}" : "";
            yield return $"field {name} {field.Number}: {(field.Proto3Optional ? "optional " : "")}{(field.Label == FieldDescriptorProto.Types.Label.Repeated ? "repeated " : "")}{type} {field.Name} (json {field.JsonName}){oneof}";
        }
        foreach (var inner in message.NestedType)
            foreach (var line in Lines(file, name, inner)) yield return line;
        foreach (var inner in message.EnumType)
            foreach (var line in Lines(file, name, inner)) yield return line;
    }

    private static IEnumerable<string> Lines(string file, string scope, EnumDescriptorProto one)
    {
        yield return $"enum {scope}.{one.Name} in {file}";
        foreach (var value in one.Value) yield return $"value {scope}.{one.Name} {value.Number}: {value.Name}";
    }
}
