using Google.Protobuf.Reflection;
using FieldType = Google.Protobuf.Reflection.FieldDescriptorProto.Types;

namespace MedInsure.Protos.Tests.Contracts;

/// <summary>
/// insurer.v1 keeps what it promised to the clients out there: insurer-v1.txt. After additions, and only after additions, it is renewed from the
/// repository's folder by
/// <code>dotnet test tests/Protos.Tests &amp;&amp; cp tests/Protos.Tests/bin/Debug/net10.0/Contracts/insurer-v1.now.txt tests/Protos.Tests/Contracts/insurer-v1.txt</code>
/// What cannot be promised any more becomes insurer.v2, beside it.
/// </summary>
[Trait("Category", "Repo")]
public sealed class CompatibilityTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Contracts");

    private static IEnumerable<string> Promised => File.ReadLines(Path.Combine(Folder, "insurer-v1.txt"));

    [Fact]
    public void Insurer_KeepsItsPromise()
    {
        File.WriteAllLines(Path.Combine(Folder, "insurer-v1.now.txt"), ContractPromise.Of(ContractPromise.Insurer));
        var broken = ContractPromise.Broken(Promised, ContractPromise.Insurer);
        Assert.True(broken.Count == 0, $"Clients of insurer.v1 rely on these, which are gone or changed:\n{string.Join('\n', broken)}");
    }

    [Fact]
    public void Promise_IsNotEmpty()
    {
        var promised = Promised.ToList();
        foreach (var kind in (string[])["file ", "service ", "rpc ", "message ", "field ", "enum ", "value "]) Assert.Contains(promised, l => l.StartsWith(kind, StringComparison.Ordinal));
        Assert.Equal(12 + 1, promised.Count(l => l.StartsWith("rpc ", StringComparison.Ordinal)));
    }

    /// <summary>What is done to the contract, and the line that it breaks.</summary>
    public static TheoryData<string, string> Breaks => new()
    {
        { "field removed", "field medinsure.insurer.v1.ClaimEvent 20:" },
        { "field renumbered", "field medinsure.insurer.v1.ClaimEvent 20:" },
        { "field renamed", "field medinsure.insurer.v1.ClaimEvent 20:" },
        { "field of another type", "field medinsure.insurer.v1.ClaimEvent 20:" },
        { "field of another message", "field medinsure.insurer.v1.ClaimEvent 21:" },
        { "field repeated", "field medinsure.insurer.v1.ClaimEvent 20:" },
        { "field no longer optional", "field medinsure.insurer.v1.StreamClaimsRequest 2:" },
        { "field moved into a oneof", "field medinsure.insurer.v1.ClaimEvent 20:" },
        { "message removed", "message medinsure.insurer.v1.CountyShare" },
        { "message renamed", "message medinsure.insurer.v1.CountyShare" },
        { "rpc removed", "rpc medinsure.insurer.v1.InsurerExchange.StreamClaims:" },
        { "rpc renamed", "rpc medinsure.insurer.v1.InsurerExchange.StreamClaims:" },
        { "rpc answers otherwise", "rpc medinsure.insurer.v1.InsurerExchange.StreamClaims:" },
        { "rpc no longer a stream", "rpc medinsure.insurer.v1.InsurerExchange.StreamClaims:" },
        { "rpc takes a stream", "rpc medinsure.insurer.v1.InsurerExchange.StreamClaims:" },
        { "service renamed", "service medinsure.insurer.v1.InsurerExchange" },
        { "enum removed", "enum medinsure.insurer.v1.DisputeState" },
        { "enum value removed", "value medinsure.insurer.v1.DisputeState 2:" },
        { "enum value renamed", "value medinsure.insurer.v1.DisputeState 2:" },
        { "enum value renumbered", "value medinsure.insurer.v1.DisputeState 2:" },
        { "another package", "file insurer/v1/exchange.proto: package" },
        { "another namespace", "file insurer/v1/exchange.proto: csharp" },
        { "another file name", "file insurer/v1/exchange.proto: package" },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public void BrokenPromise_IsFound(string what, string line)
    {
        var files = Copy();
        Break(files[0], what);
        Assert.Contains(ContractPromise.Broken(ContractPromise.Of(ContractPromise.Insurer), files), l => l.StartsWith(line, StringComparison.Ordinal));
    }

    [Fact]
    public void Additions_KeepThePromise()
    {
        var files = Copy();
        var exchange = files[0];
        Message(exchange, "ClaimEvent").Field.Add(new FieldDescriptorProto { Name = "more", Number = 99, Type = FieldType.Type.String, Label = FieldType.Label.Optional, JsonName = "more" });
        exchange.MessageType.Add(new DescriptorProto { Name = "More" });
        exchange.Service[0].Method.Add(new MethodDescriptorProto { Name = "AskMore", InputType = ".medinsure.insurer.v1.More", OutputType = ".medinsure.insurer.v1.More" });
        exchange.EnumType.Single(e => e.Name == "DisputeState").Value.Add(new EnumValueDescriptorProto { Name = "DISPUTE_STATE_MORE", Number = 9 });
        files.Add(new FileDescriptorProto { Name = "insurer/v1/more.proto", Package = exchange.Package, Options = exchange.Options });
        Assert.Empty(ContractPromise.Broken(ContractPromise.Of(ContractPromise.Insurer), files));
    }

    private static List<FileDescriptorProto> Copy() => ContractPromise.Insurer.ConvertAll(f => f.Clone());

    private static DescriptorProto Message(FileDescriptorProto file, string name) => file.MessageType.Single(m => m.Name == name);

    private static void Break(FileDescriptorProto file, string what)
    {
        var claim = Message(file, "ClaimEvent");
        var fen = claim.Field.Single(f => f.Number == 20);
        var stream = file.Service[0].Method.Single(m => m.Name == "StreamClaims");
        var state = file.EnumType.Single(e => e.Name == "DisputeState");
        switch (what)
        {
            case "field removed": claim.Field.Remove(fen); break;
            case "field renumbered": fen.Number = 30; break;
            case "field renamed": (fen.Name, fen.JsonName) = ("underwriter_fen", "underwriterFen"); break;
            case "field of another type": fen.Type = FieldType.Type.Int32; break;
            case "field of another message": claim.Field.Single(f => f.Number == 21).TypeName = ".medinsure.insurer.v1.Dispute"; break;
            case "field repeated": fen.Label = FieldType.Label.Repeated; break;
            case "field no longer optional": Message(file, "StreamClaimsRequest").Field.Single(f => f.Number == 2).Proto3Optional = false; break;
            case "field moved into a oneof":
                claim.OneofDecl.Add(new OneofDescriptorProto { Name = "amount" });
                fen.OneofIndex = claim.OneofDecl.Count - 1;
                break;
            case "message removed": file.MessageType.Remove(Message(file, "CountyShare")); break;
            case "message renamed": Message(file, "CountyShare").Name = "PartOfCounty"; break;
            case "rpc removed": file.Service[0].Method.Remove(stream); break;
            case "rpc renamed": stream.Name = "FollowClaims"; break;
            case "rpc answers otherwise": stream.OutputType = ".medinsure.insurer.v1.Claim"; break;
            case "rpc no longer a stream": stream.ServerStreaming = false; break;
            case "rpc takes a stream": stream.ClientStreaming = true; break;
            case "service renamed": file.Service[0].Name = "Exchange"; break;
            case "enum removed": file.EnumType.Remove(state); break;
            case "enum value removed": state.Value.RemoveAt(2); break;
            case "enum value renamed": state.Value[2].Name = "DISPUTE_STATE_ACCEPTED"; break;
            case "enum value renumbered": state.Value[2].Number = 8; break;
            case "another package": file.Package = "medinsure.insurer.v2"; break;
            case "another namespace": file.Options.CsharpNamespace = "MedInsure.Insurer"; break;
            case "another file name": file.Name = "insurer/v1/insurer.proto"; break;
            default: throw new ArgumentOutOfRangeException(nameof(what), what, null);
        }
    }
}
