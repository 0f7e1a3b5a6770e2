using System.Text.Json;
using MedInsure.Hosting.Rpc;
using MedInsure.Hosting.Web;
using MedInsure.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RabbitMQ.Client.Exceptions;

namespace MedInsure.Hosting.Messaging.Errors;

/// <summary>
/// For operators (authorization: Bearer, Secrets:OperatorToken). GET /messages/errors?queue=&amp;skip=0&amp;limit=50: {queues: [{queue, count}], messages:
/// [{queue, id, source, type, events, error, failedAt}]}. POST /messages/errors/replay {queue, id} or {queue, all: true}: back to the queue it failed in,
/// {queue, replayed: n}; a repeat answers 404 or 0. POST /messages/errors/discard {queue, id or all, reason}: gone for good, with the reason in the log.
/// </summary>
internal static class ErrorEndpoints
{
    private const int PageMax = 500, SkipMax = 10_000, ReasonMin = 10, ReasonMax = 500;

    private static readonly Refusal PageInvalid = new(RefusalKind.Invalid, "messages.page_invalid", "分页参数超出范围", $"skip must lie between 0 and {SkipMax}, limit between 1 and {PageMax}");
    private static readonly Refusal ChoiceMissing = new(RefusalKind.Invalid, "messages.choice_missing", "请给出queue，以及id或all", "give a queue, and either an id or all: true");
    private static readonly Refusal ReasonMissing = new(RefusalKind.Invalid, "messages.reason_missing", "请说明丢弃的原因（10至500字）", $"say why in {ReasonMin} to {ReasonMax} characters", "reason");
    private static readonly Refusal NotThere = new(RefusalKind.NotFound, "messages.not_there", "该消息不在错误队列中，或正被他人查看", "no such message waits there, or somebody is just looking at it");

    private sealed record Choice(string? Queue, string? Id, bool All, string? Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/messages/errors", context => Answer(context, List));
        routes.MapPost("/messages/errors/replay", context => Answer(context, Replay));
        routes.MapPost("/messages/errors/discard", context => Answer(context, Discard));
    }

    private static async Task Answer(HttpContext context, Func<HttpContext, IMessageErrors, Task<Outcome<object>>> act)
    {
        Outcome<object> outcome;
        var services = context.RequestServices;
        if (!services.GetRequiredService<BearerTokens>().IsOperator(context.Request.Headers.Authorization)) outcome = BearerTokens.NotAuthenticated;
        else
        {
            try { outcome = await act(context, services.GetRequiredService<IMessageErrors>()); }
            catch (Exception e) when (!context.RequestAborted.IsCancellationRequested && e is BrokerUnreachableException or OperationInterruptedException or AlreadyClosedException or PublishException or TimeoutException or IOException or NpgsqlException)
            {
                Log(services).LogWarning(e, "The messages that could not be handled are out of reach");
                outcome = RefusalStatus.Unavailable;
            }
        }
        if (outcome.Refusal is { } refusal) { await JsonProblem.Write(context, refusal, context.RequestAborted); return; }
        await context.Response.WriteAsJsonAsync(outcome.Value, WebJson.Options, context.RequestAborted);
    }

    private static async Task<Outcome<object>> List(HttpContext context, IMessageErrors errors)
    {
        var query = context.Request.Query;
        if (!TryNumber(query["skip"], 0, 0, SkipMax, out var skip) || !TryNumber(query["limit"], 50, 1, PageMax, out var limit)) return PageInvalid;
        var queue = query["queue"] is [{ Length: > 0 } named, ..] ? named : null;
        var counts = await errors.Count(context.RequestAborted);
        var messages = await errors.List(queue, skip, limit, context.RequestAborted);
        return new { Queues = counts.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => new { Queue = c.Key, Count = c.Value }), Messages = messages };
    }

    private static async Task<Outcome<object>> Replay(HttpContext context, IMessageErrors errors)
    {
        if (await Chosen(context) is not { } choice) return ChoiceMissing;
        var replayed = await errors.Replay(choice.Queue!, choice.Id, context.RequestAborted);
        if (replayed.Count == 0 && choice.Id is not null) return NotThere;
        foreach (var message in replayed) Log(context.RequestServices).LogWarning("An operator replayed message {Id} ({Type} of {Source}, {Events} events) of {Queue}", message.Id, message.Type, message.Source, message.Events, message.Queue);
        return new { choice.Queue, Replayed = replayed.Count };
    }

    private static async Task<Outcome<object>> Discard(HttpContext context, IMessageErrors errors)
    {
        if (await Chosen(context) is not { } choice) return ChoiceMissing;
        if (choice.Reason?.Trim() is not { Length: >= ReasonMin and <= ReasonMax } reason) return ReasonMissing;
        var gone = await errors.Discard(choice.Queue!, choice.Id, context.RequestAborted);
        if (gone.Count == 0 && choice.Id is not null) return NotThere;
        foreach (var message in gone)
            Log(context.RequestServices).LogWarning("An operator discarded message {Id} ({Type} of {Source}, {Events} events; {Error}) of {Queue}: {Reason}", message.Id, message.Type, message.Source, message.Events, message.Error, message.Queue, reason);
        return new { choice.Queue, Discarded = gone.Count };
    }

    private static async Task<Choice?> Chosen(HttpContext context)
    {
        Choice? choice;
        try { choice = await context.Request.ReadFromJsonAsync<Choice>(WebJson.Options, context.RequestAborted); }
        // InvalidOperationException: the content type is another one.
        catch (Exception e) when (e is JsonException or InvalidOperationException) { return null; }
        return choice is { Queue.Length: > 0 } && choice.Id is { Length: > 0 } != choice.All ? choice : null;
    }

    private static bool TryNumber(string? text, int otherwise, int least, int most, out int number)
    {
        number = otherwise;
        return string.IsNullOrEmpty(text) || (int.TryParse(text, out number) && number >= least && number <= most);
    }

    private static ILogger Log(IServiceProvider services) => services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ErrorEndpoints));
}
