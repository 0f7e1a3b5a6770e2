using Google.Protobuf;
using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Files;

/// <summary>
/// A provider's file for a transaction that names it (3202). The county that will be asked keeps it: the envelope's insuplc_admdvs, else the provider's own. The signature says
/// whose it is, fixmedins_code inside only repeats it. The same file again has the same number.
/// </summary>
public sealed class T9101UploadFile : Transaction
{
    // What settlement takes in one call.
    private const int FileMebibytes = 3;

    private static readonly Node File = Node.One("fsUploadIn", "文件信息",
        Bytes("in", "文件数据", FileMebibytes).Y, C("filename", "文件名", 200).Y, C("fixmedins_code", "医药机构编号", 30));

    public override IReadOnlyList<string> Numbers => ["9101"];
    public override string Title => "文件上传";
    public override string Service => "fileService";
    public override IReadOnlyList<Node> Nodes => [File];
    public override string OutputNodes => "file_qury_no, filename, fixmedins_code, dld_endtime";
    public override bool IsCommand => true;

    /// <summary>An array writes a byte as up to five characters.</summary>
    public override int BodyBytesMax => 16 * 1024 * 1024;

    public override async Task<Refusal?> Answer(Call call)
    {
        var file = call.Input.One(File);
        var stored = await call.Ask(o => call.Backends.Settlement.StoreProviderFileAsync(new StoreProviderFileRequest
        {
            FixmedinsCode = call.Envelope.FixmedinsCode,
            FileName = file.Text("filename"),
            Content = UnsafeByteOperations.UnsafeWrap(file.BytesOf("in")),
        }, o));
        call.Output.WriteString("file_qury_no", stored.FileNo);
        call.Output.WriteString("filename", stored.FileName);
        call.Output.WriteString("fixmedins_code", call.Envelope.FixmedinsCode);
        call.Output.Time("dld_endtime", stored.ExpiresAtMs);
        return null;
    }
}
