using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Grpc.Core;
using MedInsure.Gateway.Fields;
using MedInsure.Gateway.Signature;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Tenancy;
using MedInsure.Kernel;
using MedInsure.Reference;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace MedInsure.Gateway.Calls;

/// <summary>
/// One request from its bytes to its answer. The order of the checks is the order of <see cref="GatewayRefusals"/>: carrier, signature,
/// envelope, provider and session, fields, route; then the transaction.
/// </summary>
public sealed partial class CallEndpoint(
    GatewayOptions options, CallLimits limits, SignatureCheck signatures, SignInSerial serials, TransactionTable transactions, ReferenceData reference,
    TenantDirectory tenants, Backends backends, ChinaCalendar calendar, ILogger<CallEndpoint> log)
{
    public const string Telemetry = "MedInsure.Gateway";
    private const int DepthMax = 16;

    private static readonly ActivitySource Source = new(Telemetry);
    private static readonly Meter Meter = new(Telemetry);
    private static readonly Histogram<long> Duration = Meter.CreateHistogram<long>("medinsure.gateway.transaction.duration", "ms", "Answered transactions by infno and infcode", null,
        // 2000 is what the objective in deploy/observability counts.
        new() { HistogramBucketBoundaries = [5, 10, 25, 50, 100, 250, 500, 1000, 2000, 5000, 10000, 30000, 60000] });
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>("medinsure.gateway.refusals", "{transaction}", "Refused transactions by infno and the refusal's code");

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = DepthMax, AllowDuplicateProperties = false };

    /// <summary>What is known of a request so far, for the answer's envelope and the log line. No personal data.</summary>
    private sealed class Progress
    {
        public string Infno = "", Msgid = "", Provider = "", County = "", Warning = "", Hint = "";
        public bool IsCommand;
        public FileAnswer? File;
    }

    /// <param name="address">The number in the request's own address; null = the common address.</param>
    public async Task Serve(HttpContext http, string? address)
    {
        var began = Stopwatch.GetTimestamp();
        var receivedAt = calendar.UtcNow;
        using var activity = Source.StartActivity("CallService", ActivityKind.Server);
        var progress = new Progress { Infno = address ?? "" };
        var output = new ArrayBufferWriter<byte>(4096);
        Refusal? refusal;
        try
        {
            refusal = await Run(http, address, progress, output);
        }
        catch (RpcException e)
        {
            refusal = RefusalTerms.Of(RefusalOf(e, progress), transactions.Find(progress.Infno));
        }
        catch (CredentialsUnavailableException)
        {
            refusal = GatewayRefusals.Unavailable;
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // nobody listens any more
        }
        catch (BadHttpRequestException)
        {
            refusal = GatewayRefusals.MalformedJson; // a broken chunk, or fewer bytes than announced
        }
        catch (Exception e)
        {
            LogFailure(log, progress.Infno, progress.Msgid, progress.Provider, e);
            refusal = progress.IsCommand ? GatewayRefusals.OutcomeUnknown : GatewayRefusals.Internal;
        }

        var infcode = CallAnswer.InfcodeOf(refusal, progress.Warning);
        http.Response.StatusCode = StatusOf(refusal);
        if (refusal is null && progress.File is { } file) await WriteFile(http, file);
        else
        {
            var answer = new ArrayBufferWriter<byte>(output.WrittenCount + 512);
            CallAnswer.Write(answer, refusal, progress.Warning, progress.Hint, output.WrittenSpan, progress.County, receivedAt, calendar.UtcNow);
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = answer.WrittenCount;
            await http.Response.BodyWriter.WriteAsync(answer.WrittenMemory);
        }

        var elapsed = (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        activity?.SetTag("medinsure.infno", progress.Infno).SetTag("medinsure.msgid", progress.Msgid).SetTag("medinsure.provider", progress.Provider)
            .SetTag("medinsure.infcode", infcode).SetTag("medinsure.err_code", refusal?.Code ?? "");
        // Not what the request says: a number that is none would be a series of its own.
        var infno = transactions.Find(progress.Infno) is null ? "unknown" : progress.Infno;
        Duration.Record(elapsed, new("infno", infno), new("infcode", infcode));
        if (refusal is not null) Refused.Add(1, new("infno", infno), new("code", refusal.Code));
        LogTransaction(log, progress.Infno, progress.Msgid, progress.Provider, infcode, refusal?.Code ?? "", elapsed);
    }

    private async Task<Refusal?> Run(HttpContext http, string? address, Progress progress, ArrayBufferWriter<byte> output)
    {
        // The machine's clock, as the channel compares with it: never an injected one.
        var deadline = (TimeProvider.System.GetUtcNow() + options.Deadline).UtcDateTime;
        if (!IsJson(http.Request)) return GatewayRefusals.WrongContentType;
        var bytesMax = Math.Max(options.BodyBytesMax, address is null ? 0 : transactions.Find(address)?.BodyBytesMax ?? 0);
        if (http.Request.ContentLength > bytesMax) return GatewayRefusals.BodyTooLarge(bytesMax);

        var signed = await signatures.Check(http.Request.Headers, http.RequestAborted);
        if (signed.IsRefused) return signed.Refusal;
        var caller = signed.Value;
        progress.Provider = caller.FixmedinsCode;
        using var ofProvider = limits.TryEnter(caller.FixmedinsCode);
        if (!ofProvider.IsAcquired) return GatewayRefusals.Busy;

        using var ofUploads = bytesMax > options.BodyBytesMax && !(http.Request.ContentLength <= options.BodyBytesMax) ? limits.TryEnterUpload() : null;
        if (ofUploads is { IsAcquired: false }) return GatewayRefusals.Busy;
        using var body = new RequestBody();
        if (!await body.TryRead(http.Request, bytesMax, http.RequestAborted)) return GatewayRefusals.BodyTooLarge(bytesMax);
        JsonDocument document;
        try { document = JsonDocument.Parse(body.Text, Strict); }
        // Half a surrogate pair in a key is found while keys are compared, and thrown as the other kind.
        catch (Exception e) when (e is JsonException or InvalidOperationException) { return GatewayRefusals.MalformedJson; }
        using (document)
            return await Run(document.RootElement, address, caller, deadline, progress, output, http.RequestAborted);
    }

    private async Task<Refusal?> Run(JsonElement root, string? address, CallerCredential caller, DateTime deadline, Progress progress, ArrayBufferWriter<byte> output, CancellationToken aborted)
    {
        var (infno, msgid) = Envelope.Peek(root);
        (progress.Infno, progress.Msgid) = (infno, msgid);
        if (Envelope.Read(root, out var envelope) is { } refusal) return refusal;
        (progress.Infno, progress.Msgid) = (envelope.Infno, envelope.Msgid);

        if (transactions.Find(envelope.Infno) is not { } transaction) return GatewayRefusals.UnknownTransaction(envelope.Infno);
        if (address is not null && address != envelope.Infno) return GatewayRefusals.AddressMismatch(envelope.Infno, address);
        if (!ContentDigest.TryCompute(envelope.Infno, envelope.FixmedinsCode, envelope.Input, out var contentHash)) return GatewayRefusals.MalformedJson;
        if (envelope.FixmedinsCode != caller.FixmedinsCode) return GatewayRefusals.OtherProvider;

        if (reference.Find(caller.City) is not { } city) return ReferenceData.NotLoaded;
        if (city.FindProvider(envelope.FixmedinsCode) is not { } provider) return GatewayRefusals.UnknownProvider;
        progress.County = provider.County;
        if (envelope.TreatmentArea != provider.County) return GatewayRefusals.WrongArea(provider.County);
        if (envelope.SignNo.Length > 0 && !serials.Verify(envelope.SignNo, calendar.Today, envelope.FixmedinsCode, envelope.Operator)) return GatewayRefusals.SignInInvalid;
        if (transaction.CreatesCost && StandingRefusal(provider) is { } standing) return standing;

        if (FieldReader.ReadInput(envelope.Input, transaction.Nodes, out var input) is { } bad) return bad;
        var home = HomeCounty.Of(envelope, transaction.Nodes, input, provider.County, tenants);
        if (home.IsRefused) return home.Refusal;

        using var ofCounty = await limits.Enter(home.Value, deadline, aborted);
        if (!ofCounty.IsAcquired) return GatewayRefusals.Busy;

        using var json = new Utf8JsonWriter(output, NationalJson.Options);
        var call = new Call(envelope, input, contentHash, home.Value, provider, caller.City, backends, tenants, serials, calendar, deadline, options.FamilyInsideAccount, json);
        progress.IsCommand = transaction.IsCommand;
        json.WriteStartObject();
        var refused = await transaction.Answer(call);
        if (refused is not null) { json.Reset(); return refused; }
        json.WriteEndObject();
        json.Flush();
        (progress.Warning, progress.Hint, progress.File) = (call.Warning, call.Hint, call.File);
        return null;
    }

    private static async Task WriteFile(HttpContext http, FileAnswer file)
    {
        http.Response.ContentType = "application/octet-stream";
        http.Response.ContentLength = file.Content.Length;
        http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = file.Name }.ToString();
        http.Response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(file.Digest.Span)}:"; // RFC 9530
        await http.Response.BodyWriter.WriteAsync(file.Content);
    }

    private Refusal? StandingRefusal(ProviderRow provider) => provider.StandingOn(calendar.Today) switch
    {
        ProviderStanding.Active => null,
        ProviderStanding.Suspended => GatewayRefusals.ProviderSuspended,
        ProviderStanding.Terminated => GatewayRefusals.ProviderTerminated,
        _ => GatewayRefusals.ProviderWithoutAgreement,
    };

    private static bool IsJson(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return false;
        return !type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase);
    }

    private static Refusal RefusalOf(RpcException e, Progress progress) =>
        RefusalStatus.FromRpcException(e) is { } refusal ? refusal
        : progress.IsCommand ? GatewayRefusals.OutcomeUnknown
        : GatewayRefusals.Unavailable;

    private static int StatusOf(Refusal? refusal) => refusal switch
    {
        null => StatusCodes.Status200OK,
        { Kind: RefusalKind.Unauthenticated } => StatusCodes.Status401Unauthorized,
        { Code: "request.body_too_large" } => StatusCodes.Status413PayloadTooLarge,
        { Code: "request.content_type" } => StatusCodes.Status415UnsupportedMediaType,
        { Code: "request.malformed_json" or "request.not_object" } => StatusCodes.Status400BadRequest,
        { Code: "signature.too_many_requests" } => StatusCodes.Status429TooManyRequests,
        // Everything else is an answer of the interface: hospital systems read infcode and take any other status for a broken line.
        _ => StatusCodes.Status200OK,
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "transaction {Infno} {Msgid} of {Provider}: infcode {Infcode} {ErrCode} in {ElapsedMs} ms")]
    private static partial void LogTransaction(ILogger logger, string infno, string msgid, string provider, int infcode, string errCode, long elapsedMs);

    [LoggerMessage(Level = LogLevel.Error, Message = "transaction {Infno} {Msgid} of {Provider} failed")]
    private static partial void LogFailure(ILogger logger, string infno, string msgid, string provider, Exception e);
}
