using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MedInsure.Hosting.Imports;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace MedInsure.Hosting.Tests.Imports;

[Trait("Category", "Unit")]
public sealed class ImportEndpointTests : IAsyncLifetime
{
    private sealed record Row(long Line, string Code);

    private sealed class Script
    {
        public Func<Task> BeforeCommit { get; set; } = () => Task.CompletedTask;
        public List<string> Stored { get; } = [];
    }

    private sealed class RowImport(Script script) : CsvImport<Row>
    {
        public override IReadOnlyList<string> Columns => ["code", "name"];

        public override Row? Parse(CsvRow row) => new(row.Line, row.Text("code", 5));

        public override async Task<long> Store(IAsyncEnumerable<Row> rows, ImportRun run, CancellationToken cancellation)
        {
            var staged = new List<string>();
            await foreach (var row in rows.WithCancellation(cancellation)) staged.Add(row.Code);
            await script.BeforeCommit();
            if (!run.MayCommit) return 0;
            script.Stored.AddRange(staged);
            return staged.Count;
        }
    }

    private readonly Script script = new();
    private WebApplication app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Secrets:ServiceToken"] = "service", ["Secrets:OperatorToken"] = "operator", ["Logging:LogLevel:Default"] = "None", ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "None",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddPlatform("imports");
        builder.Services.AddSingleton(script);
        app = builder.Build();
        app.MapImport<RowImport, Row>("/import/rows");
        await app.StartAsync();
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    private async Task<(HttpResponseMessage Response, JsonElement[] Lines)> Post(string file, string query = "", string? token = "operator")
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Urls.Single() + "/import/rows" + query)) { Content = new StringContent(file, Encoding.UTF8, "text/csv") };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return (response, [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)]);
    }

    [Fact]
    public async Task Good_file_ends_with_its_result_after_progress()
    {
        var file = "code,name\n" + string.Concat(Enumerable.Range(0, 25_000).Select(n => $"{n},x\n"));
        var (response, lines) = await Post(file, token: "service");
        Assert.Equal(("application/x-ndjson", HttpStatusCode.OK), (response.Content.Headers.ContentType?.MediaType, response.StatusCode));
        Assert.Equal([10_000, 20_000, 25_000], lines.SkipLast(1).Select(l => l.GetProperty("progress").GetProperty("rows").GetInt32()));
        Assert.Equal("""{"rows":25000,"accepted":25000,"rejected":0,"changed":25000,"errors":[]}""", lines[^1].GetProperty("result").GetRawText());
        Assert.Equal(25_000, script.Stored.Count);
    }

    [Fact]
    public async Task Bad_row_keeps_the_file_out_and_is_named()
    {
        var (_, lines) = await Post("code,name\n1,x\n,y\n");
        var result = lines[^1].GetProperty("result");
        Assert.Equal("""{"line":3,"column":"code","code":"import.required","chinese":"不能为空","english":"must not be empty"}""", result.GetProperty("errors")[0].GetRawText());
        Assert.Equal((2, 0, 1), (result.GetProperty("rows").GetInt32(), result.GetProperty("accepted").GetInt32(), result.GetProperty("rejected").GetInt32()));
        Assert.Empty(script.Stored);
    }

    [Fact]
    public async Task Partial_import_tells_every_rejected_row()
    {
        var file = "code,name\n" + string.Concat(Enumerable.Repeat(",x\n", 1500)) + "1,x\n";
        var (_, lines) = await Post(file, "?accept_partial=true");
        Assert.Equal(1500, lines.Count(l => l.TryGetProperty("rejected", out _)));
        Assert.Equal((1, 1500, 1000), (lines[^1].GetProperty("result").GetProperty("accepted").GetInt32(), lines[^1].GetProperty("result").GetProperty("rejected").GetInt32(), lines[^1].GetProperty("result").GetProperty("errors").GetArrayLength()));
        Assert.Equal(["1"], script.Stored);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task Caller_without_a_token_is_refused(string? token)
    {
        var (response, lines) = await Post("code,name\n1,x\n", token: token);
        Assert.Equal((HttpStatusCode.Unauthorized, "auth.not_authenticated", "application/problem+json"), (response.StatusCode, lines[0].GetProperty("code").GetString(), response.Content.Headers.ContentType?.MediaType));
        Assert.Empty(script.Stored);
    }

    [Fact]
    public async Task Wrong_header_is_a_problem_that_names_the_column()
    {
        var (response, lines) = await Post("code,colour\n1,x\n");
        Assert.Equal((HttpStatusCode.BadRequest, "import.unknown_column", "colour", "未知的列：colour"), (response.StatusCode, lines[0].GetProperty("code").GetString(), lines[0].GetProperty("field").GetString(), lines[0].GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task File_that_turns_bad_half_way_ends_with_a_problem_line()
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Urls.Single() + "/import/rows")) { Content = new ByteArrayContent([.. Encoding.UTF8.GetBytes("code,name\n" + string.Concat(Enumerable.Repeat("1,x\n", 30_000))), 0xFF, 0xFE]) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "operator");
        using var response = await client.SendAsync(request);
        var last = (await response.Content.ReadAsStringAsync()).TrimEnd().Split('\n')[^1];
        Assert.Equal("import.not_utf8", JsonDocument.Parse(last).RootElement.GetProperty("problem").GetProperty("code").GetString());
        Assert.Empty(script.Stored);
    }

    [Fact]
    public async Task Failure_while_storing_is_unavailable_and_hides_its_cause()
    {
        script.BeforeCommit = () => throw new InvalidOperationException("disk of db-7 is full");
        var (response, lines) = await Post("code,name\n1,x\n");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "import.failed"), (response.StatusCode, lines[0].GetProperty("code").GetString()));
        Assert.DoesNotContain("db-7", lines[0].GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_file_of_the_kind_at_the_same_time_is_refused()
    {
        var (reached, leave) = (new TaskCompletionSource(), new TaskCompletionSource());
        script.BeforeCommit = () => { reached.TrySetResult(); return leave.Task; };
        var first = Post("code,name\n1,x\n");
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var (response, lines) = await Post("code,name\n2,x\n");
        leave.SetResult();
        Assert.Equal((HttpStatusCode.Conflict, "import.busy"), (response.StatusCode, lines[0].GetProperty("code").GetString()));
        await first;
        Assert.Equal(["1"], script.Stored);
    }

    [Fact]
    public async Task Caller_that_vanishes_leaves_nothing_stored()
    {
        using var client = new HttpClient();
        using var content = new HalfFile("code,name\n1,x\n2,x\n");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Urls.Single() + "/import/rows")) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "operator");
        await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(request));
        // The next file is taken as soon as the broken one has let go.
        await Messaging.CounterProcess.Until(async () => (await Post("code,name\n3,x\n")).Response.StatusCode == HttpStatusCode.OK, "the next file is taken");
        Assert.Equal(["3"], script.Stored);
    }

    /// <summary>Announces more than it sends, then breaks off.</summary>
    private sealed class HalfFile(string part) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(part));
            await stream.FlushAsync();
            throw new IOException("the line broke");
        }

        protected override bool TryComputeLength(out long length) { length = 1_000_000; return true; }
    }
}
