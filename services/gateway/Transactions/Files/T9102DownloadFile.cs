using MedInsure.Gateway.Calls;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Transactions.Shapes;
using MedInsure.Kernel;
using MedInsure.Protos.Settlement.V1;
using static MedInsure.Gateway.Fields.FieldNotation;

namespace MedInsure.Gateway.Transactions.Files;

/// <summary>
/// Gives a file back as it is, application/octet-stream; a refusal is JSON as everywhere. A file's number begins with the county that keeps it. filename and fixmedins_code are
/// accepted and not compared: the number and the signature say it all.
/// </summary>
public sealed class T9102DownloadFile : Transaction
{
    private static readonly Node File = Node.One("fsDownloadIn", "文件信息", ReconciliationShape.FileNumber.Y, C("filename", "文件名", 200), C("fixmedins_code", "医药机构编号", 30));

    public override IReadOnlyList<string> Numbers => ["9102"];
    public override string Title => "文件下载";
    public override string Service => "fileService";
    public override IReadOnlyList<Node> Nodes => [File];
    public override string OutputNodes => "the file's bytes (application/octet-stream)";

    public override async Task<Refusal?> Answer(Call call)
    {
        var number = call.Input.One(File).Text("file_qury_no");
        var county = number.Length > 6 && call.Tenants.Find(number[..6]) is { IsCity: false } ? number[..6] : call.HomeCounty;
        byte[] content = [];
        ProviderFile file;
        var read = 0;
        do
        {
            var request = new ReadProviderFileRequest { FixmedinsCode = call.Envelope.FixmedinsCode, FileNo = number, Offset = read };
            var part = await call.Ask(county, o => call.Backends.Settlement.ReadProviderFileAsync(request, o));
            file = part.File;
            if (content.Length == 0) content = new byte[file.Size];
            part.Content.Span.CopyTo(content.AsSpan(read));
            if (part.Content.Length == 0 && read < content.Length) throw new InvalidDataException($"file {number} ends at {read} of {content.Length} bytes");
            read += part.Content.Length;
        }
        while (read < content.Length);
        call.File = new FileAnswer(file.FileName, content, file.Sha256.Memory);
        return null;
    }
}
