using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MedInsure.Gateway.Tests.Golden;

/// <summary>
/// Plays request files in an order and compares the answers with their files. Golden/&lt;infno&gt;/&lt;case&gt;.request.json holds provider,
/// insuplc_admdvs, msgid (a name; the same name again is the same message), input, and keep (name → path in the output) for what later
/// requests refer to as ${name}. &lt;case&gt;.response.json holds the answer without its three stamps; what changes from run to run stands
/// there as ${…}, every amount and code as it is. A value {"zip": [lines]} of the input is sent as a zipped text. MEDINSURE_GOLDEN_WRITE=1 writes the answers instead: to be read before they are kept.
/// </summary>
public sealed partial class GoldenScript(GoldenPlatform platform)
{
    private static readonly bool Writes = Environment.GetEnvironmentVariable("MEDINSURE_GOLDEN_WRITE") == "1";
    private static readonly JsonSerializerOptions Pretty = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };
    private static readonly string[] Stamps = ["inf_refmsgid", "refmsg_time", "respond_time"];
    private static readonly HashSet<string> Times = ["sign_time", "setl_time", "updt_time", "dld_endtime", "stmt_time"];
    private static readonly HashSet<string> Serials = ["sign_no"];

    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly string tag = Guid.NewGuid().ToString("N")[..8];

    public static string Folder { get; } = FindFolder();

    /// <summary>Plays one request; the answer's own text is given back for comparisons to the byte.</summary>
    public async Task<string> Play(string name)
    {
        var request = JsonNode.Parse(Fill(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".request.json"))))!;
        var system = platform.System(request["provider"]!.GetValue<string>());
        var infno = name[..name.IndexOf('/', StringComparison.Ordinal)];
        var msgid = request["msgid"] is { } named ? Msgid(named.GetValue<string>(), system) : system.NextMsgid();
        names["msgid"] = msgid;
        var answer = await system.Call(infno, Zipped(request["input"]!)!, request["insuplc_admdvs"]?.GetValue<string>() ?? "", msgid);

        if (answer.Infcode == 0)
            foreach (var (key, path) in request["keep"]?.AsObject() ?? [])
                names[key] = path!.GetValue<string>().Split('.').Aggregate(answer.Output, (node, part) => int.TryParse(part, out var at) ? node[at]! : node[part]!).GetValue<string>();

        var got = Normalised(answer.Json).ToJsonString(Pretty) + "\n";
        var file = Path.Combine(Folder, name + ".response.json");
        if (Writes) await File.WriteAllTextAsync(file, got);
        var want = await File.ReadAllTextAsync(file);
        Assert.True(want == got, $"{name}: want\n{want}\ngot\n{got}");
        return answer.Json["output"]?["setlinfo"]?.ToJsonString() ?? answer.Text;
    }

    private static JsonNode? Zipped(JsonNode? node) => node switch
    {
        JsonObject o when o["zip"] is JsonArray lines => HospitalSystem.Zip(lines.Select(l => l!.GetValue<string>())),
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Zipped(p.Value)))),
        _ => node?.DeepClone(),
    };

    private string Msgid(string name, HospitalSystem system)
    {
        if (!names.TryGetValue($"msgid.{name}", out var msgid)) names[$"msgid.{name}"] = msgid = system.NextMsgid();
        return msgid;
    }

    private string Fill(string text) => Placeholder().Replace(text, m => m.Groups[1].Value switch
    {
        "today" => Day(0),
        "tag" => tag,
        ['d', 'a', 'y', '-', .. var back] => Day(int.Parse(back, CultureInfo.InvariantCulture)),
        ['d', 'a', 'y', '+', .. var ahead] => Day(-int.Parse(ahead, CultureInfo.InvariantCulture)),
        var name when name.Split('.') is [var psnNo, "certno"] && platform.Persons.TryGetValue(psnNo, out var person) => person.Certno,
        var name => names.TryGetValue(name, out var value) ? value : throw new InvalidOperationException($"nothing was kept as {name}"),
    });

    private string Day(int back) => platform.Today.AddDays(-back).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private JsonObject Normalised(JsonNode answer)
    {
        var copy = answer.DeepClone().AsObject();
        foreach (var stamp in Stamps) Assert.True(copy.Remove(stamp));
        return (JsonObject)Walk("", copy)!;
    }

    private JsonNode? Walk(string name, JsonNode? node) => node switch
    {
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Walk(p.Key, p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(i => Walk(name, i))]),
        JsonValue v when v.GetValueKind() == JsonValueKind.String => JsonValue.Create(Text(name, v.GetValue<string>())),
        _ => node?.DeepClone(),
    };

    private string Text(string name, string text)
    {
        if (text.Length == 0) return text;
        if (Times.Contains(name)) return TimeText().IsMatch(text) ? "${time}" : $"not a time: {text}";
        if (Serials.Contains(name)) return "${serial}";
        if (name == "year" || name == "cum_ym") text = text.Replace(platform.Today.Year.ToString(CultureInfo.InvariantCulture), "${year}", StringComparison.Ordinal);
        foreach (var (key, value) in names.OrderByDescending(n => n.Value.Length))
            if (key != "msgid" || name == "medins_setl_id") text = text.Replace(value, $"${{{key}}}", StringComparison.Ordinal);
        text = text.Replace(tag, "${tag}", StringComparison.Ordinal);
        foreach (var person in platform.Persons.Values)
        {
            text = text.Replace(person.Certno, $"${{{person.PsnNo}.certno}}", StringComparison.Ordinal);
            if (name == "brdy" && text == person.Birth.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)) return "${birth}";
        }
        if (name == "lines") text = OtherNumber().Replace(text, "${number}"); // of rows that no answer named
        if (name == "filename") text = text.Replace(platform.Today.ToString("yyyyMMdd", CultureInfo.InvariantCulture), "${today8}", StringComparison.Ordinal);
        for (var back = 0; back <= 30; back++) text = text.Replace(Day(back), back == 0 ? "${today}" : $"${{day-{back}}}", StringComparison.Ordinal);
        return text;
    }

    private static string FindFolder()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, "tests", "Gateway.Tests", "Golden");
            if (Directory.Exists(folder)) return folder;
        }
        throw new DirectoryNotFoundException("tests/Gateway.Tests/Golden");
    }

    [GeneratedRegex(@"\$\{([A-Za-z0-9_.+-]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\d{6}S0000000\d{5}")]
    private static partial Regex OtherNumber();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$")]
    private static partial Regex TimeText();
}
