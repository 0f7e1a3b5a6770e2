using System.Net;
using System.Text.Json.Nodes;
using Google.Protobuf;
using MedInsure.Hosting.Rpc;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;

namespace MedInsure.Gateway.Tests.Calls;

/// <summary>9101 and 9102 as they travel: forms of the bytes, sizes, parts.</summary>
[Trait("Category", "Interop")]
public sealed class FileTransferTests(ScriptedHost host) : IClassFixture<ScriptedHost>
{
    private const string OwnAddress = "/fsi/api/fileService/9101";
    private readonly HospitalSystem hospital = host.Hospital();

    private static JsonObject Upload(JsonNode? content, string name = "a.zip") => new() { ["fsUploadIn"] = new JsonObject { ["in"] = content, ["filename"] = name, ["fixmedins_code"] = "plc" } };

    private void Stores()
    {
        host.Script.Clear();
        host.Script.Answer = request => Task.FromResult<IMessage>(new ProviderFile { FileNo = "230102F000000000001", FileName = ((StoreProviderFileRequest)request).FileName, ExpiresAtMs = 1_900_000_000_000 });
    }

    private StoreProviderFileRequest Stored() => (StoreProviderFileRequest)Assert.Single(host.Script.Asked).Request;

    [Fact]
    public async Task Bytes_ComeAsBase64OrAsNumbersOfEitherSign()
    {
        byte[] content = [0x50, 0x4B, 0, 127, 128, 255];
        foreach (var form in (JsonNode[])[Convert.ToBase64String(content), new JsonArray(80, 75, 0, 127, 128, 255), new JsonArray(80, 75, 0, 127, -128, -1)])
        {
            Stores();
            var answer = await hospital.Call("9101", Upload(form));
            Assert.Equal((0, "230102F000000000001"), (answer.Infcode, answer.Output["file_qury_no"]!.GetValue<string>()));
            Assert.Equal(content, Stored().Content.ToByteArray());
            Assert.Equal(("a.zip", hospital.FixmedinsCode), (Stored().FileName, Stored().FixmedinsCode));
        }
    }

    [Fact]
    public async Task WhatIsNoBytes_IsRefused()
    {
        Stores();
        foreach (var (form, code) in ((JsonNode?, string)[])[("%%%", "field.not_bytes"), (12, "field.not_bytes"), (new JsonArray(1, 256), "field.not_bytes"), (new JsonArray(-129), "field.not_bytes"), (new JsonArray(1.5), "field.not_bytes"),
            (new JsonArray("1"), "field.not_bytes"), (new JsonObject(), "field.not_bytes"), (null, "field.missing"), ("", "field.missing"), (new JsonArray(), "field.missing")])
        {
            var answer = await hospital.Call("9101", Upload(form?.DeepClone()));
            Assert.Equal((code, "in"), (answer.Code, answer.Json["err_field"]!.GetValue<string>()));
        }
        Assert.Empty(host.Script.Asked);
    }

    [Fact]
    public async Task LargeFile_GoesToItsOwnAddress()
    {
        Stores();
        var content = new byte[ScriptedHost.BodyBytesMax * 2];
        var body = hospital.Envelope("9101", Upload(Convert.ToBase64String(content))).ToJsonString();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await hospital.Send(body)).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await hospital.Send(body, address: "/fsi/api/fileService/9102")).Status);
        Assert.Empty(host.Script.Asked);
        Assert.Equal(0, (await hospital.Send(body, address: OwnAddress)).Infcode);
        Assert.Equal(content.Length, Stored().Content.Length);
        Stores();
        var beyond = await hospital.Send(hospital.Envelope("9101", Upload(Convert.ToBase64String(new byte[(3 << 20) + 1]))).ToJsonString(), address: OwnAddress);
        Assert.Equal(("provider_file.too_large", "in"), (beyond.Code, beyond.Json["err_field"]!.GetValue<string>()));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await hospital.Send(new string(' ', (16 << 20) + 1), address: OwnAddress)).Status);
        Assert.Empty(host.Script.Asked);
    }

    [Fact]
    public async Task Download_PutsThePartsTogether()
    {
        var zip = Convert.FromBase64String(HospitalSystem.Zip("a\tb"));
        host.Script.Clear();
        host.Script.Answer = request =>
        {
            var offset = (int)((ReadProviderFileRequest)request).Offset;
            var file = new ProviderFile { FileName = "结果.zip", Size = zip.Length, Sha256 = ByteString.CopyFrom(System.Security.Cryptography.SHA256.HashData(zip)) };
            return Task.FromResult<IMessage>(new ReadProviderFileReply { File = file, Content = ByteString.CopyFrom(zip.AsSpan(offset, Math.Min(50, zip.Length - offset))) });
        };
        var answer = await hospital.Call("9102", new JsonObject { ["fsDownloadIn"] = new JsonObject { ["file_qury_no"] = "230103F000000000007", ["filename"] = "plc" } });
        Assert.Equal(zip, answer.File);
        Assert.Equal("结果.zip", answer.Output["filename"]!.GetValue<string>());
        Assert.All(host.Script.Asked, asked => Assert.Equal("230103", asked.Tenant)); // whom the number names
        host.Script.Answer = _ => throw new Refusal(RefusalKind.NotFound, "provider_file.unknown", "未找到", "unknown", "file_qury_no").ToRpcException();
        var refused = await hospital.Call("9102", new JsonObject { ["fsDownloadIn"] = new JsonObject { ["file_qury_no"] = "X" } });
        Assert.Equal((-2, "provider_file.unknown", (byte[]?)null), (refused.Infcode, refused.Code, refused.File));
    }

    [Fact]
    public async Task FileThatEndsEarly_IsNotGivenAsWhole()
    {
        host.Script.Answer = _ => Task.FromResult<IMessage>(new ReadProviderFileReply { File = new ProviderFile { Size = 10 } });
        Assert.Equal("system.error", (await hospital.Call("9102", new JsonObject { ["fsDownloadIn"] = new JsonObject { ["file_qury_no"] = "X" } })).Code);
    }
}
