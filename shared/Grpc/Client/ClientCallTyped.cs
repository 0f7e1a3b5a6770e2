using System.Buffers;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>A call on the client.</summary>
internal sealed class ClientCall<TRequest, TResponse> : ClientCall where TRequest : class where TResponse : class
{
    private readonly Method<TRequest, TResponse> _method;
    private RequestStreamWriter<TRequest>? _requests;
    private ResponseBuffer? _buffer;

    internal ClientCall(GrpcChannel channel, Method<TRequest, TResponse> method, string? host, in CallOptions options, CallResources? resources = null)
        : base(channel, method, host, options, resources) => _method = method;

    internal RequestStreamWriter<TRequest> CreateRequestStream() => _requests = new RequestStreamWriter<TRequest>(this, _method.RequestMarshaller);

    internal Task<TResponse> StartUnary(TRequest request, CallResources resources) =>
        StartSingleResponse(new SingleRequestContent<TRequest>(this, _method.RequestMarshaller, request, resources.Request), resources);

    internal Task<TResponse> StartClientStream() => StartSingleResponse(_requests!.Content, null);

    /// <summary>A call with one response. One state machine for the plain case: most calls of a platform are such, and each further one costs them.</summary>
    private async Task<TResponse> StartSingleResponse(HttpContent content, CallResources? resources)
    {
        var bytes = resources?.Response ?? new PooledBuffer(4096);
        try
        {
            Stream? body;
            if (IsPlain)
            {
                var answer = await SendPlain(content);
                body = Accept(answer) ? answer.Content.ReadAsStream() : null;
            }
            else
            {
                body = await OpenAsync(content, replayable: resources is not null);
            }
            TResponse? response = null;
            if (body is not null)
            {
                var (whole, compressed) = (false, false);
                int read;
                while ((read = await body.ReadAsync(bytes.GetMemory(1), Token)) > 0)
                {
                    bytes.Advance(read);
                    whole = Channel.Decoder.IsOnlyFrame(bytes.Written.Span, bytes.Length, ResponseEncoding, out compressed);
                }
                if (whole)
                    response = Channel.Decoder.Read(new ReadOnlySequence<byte>(bytes.Written[GrpcHeader.FrameHeaderLength..]), compressed, ResponseEncoding, _method.ResponseMarshaller.ContextualDeserializer);
                else if (bytes.Length > 0)
                    throw FrameDecoder.Incomplete();
                FinishByTrailers(hasResponse: whole);
            }
            if (FinalStatus.StatusCode != StatusCode.OK)
                throw ToException();
            if (resources is not null && content is SingleRequestContent<TRequest> { IsSent: true })
                ReturnResources();
            return response!;
        }
        catch (Exception e) when (!IsFinished || e is not RpcException)
        {
            throw Fail(e);
        }
        finally
        {
            content.Dispose();
            if (resources is null)
                bytes.Dispose();
        }
    }

    /// <summary>A call with many responses; the request is null where a stream was created.</summary>
    internal ResponseStreamReader StartResponseStream(TRequest? request)
    {
        HttpContent content = (HttpContent?)_requests?.Content ?? new SingleRequestContent<TRequest>(this, _method.RequestMarshaller, request!, new PooledBuffer(1024));
        return new ResponseStreamReader(this, OpenGuarded(content));
    }

    private async Task<bool> OpenGuarded(HttpContent content)
    {
        try
        {
            if (await OpenAsync(content, replayable: _requests is null) is not { } body)
                return false;
            _buffer = new ResponseBuffer(Channel.Decoder, body, ResponseEncoding);
            return true;
        }
#pragma warning disable CA1031 // The reader throws the call's status.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
            return false;
        }
    }

    private protected override void OnFinished() => _requests?.OnCallFinished();

    /// <summary>The responses of a call.</summary>
    internal sealed class ResponseStreamReader(ClientCall<TRequest, TResponse> call, Task<bool> opened) : IAsyncStreamReader<TResponse>
    {
        private int _reading;

        public TResponse Current { get; private set; } = null!;

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _reading, 1) == 1)
                throw new InvalidOperationException("Can't read the next message because the previous read is still in progress.");
            // Cancelling a read ends the call, as a half-read message could not be resumed.
            using var registration = cancellationToken.CanBeCanceled ? cancellationToken.UnsafeRegister(static c => ((IDisposable)c!).Dispose(), call) : default;
            try
            {
                return await ReadNext();
            }
            finally
            {
                Volatile.Write(ref _reading, 0);
            }
        }

        private async Task<bool> ReadNext()
        {
            try
            {
                if (await opened && !call.IsFinished)
                {
                    var message = await call._buffer!.ReadAsync(call._method.ResponseMarshaller.ContextualDeserializer, call.Token);
                    if (message is not null)
                    {
                        Current = message;
                        return true;
                    }
                    call.FinishByTrailers(hasResponse: true);
                    call._buffer.Dispose();
                }
            }
            catch (Exception e) when (!call.IsFinished)
            {
                var failure = call.Fail(e);
                call._buffer?.Dispose();
                throw failure;
            }
            catch (Exception) when (call.FinalStatus.StatusCode != StatusCode.OK)
            {
                throw call.ToException();
            }
            Current = null!;
            return call.FinalStatus.StatusCode == StatusCode.OK ? false : throw call.ToException();
        }
    }
}

