namespace Grpc.Core;

/// <summary>Who sends how many messages.</summary>
public enum MethodType
{
    Unary,
    ClientStreaming,
    ServerStreaming,
    DuplexStreaming,
}

/// <summary>A method without its message types.</summary>
public interface IMethod
{
    /// <summary>Who sends how many messages.</summary>
    MethodType Type { get; }

    /// <summary>Service with its package, e.g. <c>medinsure.enrollment.v1.Enrollment</c>.</summary>
    string ServiceName { get; }

    /// <summary>Method without the service.</summary>
    string Name { get; }

    /// <summary>The HTTP/2 path, e.g. <c>/package.Service/Method</c>.</summary>
    string FullName { get; }
}

/// <summary>A method as generated code describes it.</summary>
public class Method<TRequest, TResponse> : IMethod
{
    /// <summary>A method with its marshallers.</summary>
    public Method(MethodType type, string serviceName, string name, Marshaller<TRequest> requestMarshaller, Marshaller<TResponse> responseMarshaller)
    {
        ArgumentNullException.ThrowIfNull(serviceName);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(requestMarshaller);
        ArgumentNullException.ThrowIfNull(responseMarshaller);
        Type = type;
        ServiceName = serviceName;
        Name = name;
        RequestMarshaller = requestMarshaller;
        ResponseMarshaller = responseMarshaller;
        FullName = "/" + serviceName + "/" + name;
    }

    /// <inheritdoc/>
    public MethodType Type { get; }

    /// <inheritdoc/>
    public string ServiceName { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string FullName { get; }

    /// <summary>Requests to and from bytes.</summary>
    public Marshaller<TRequest> RequestMarshaller { get; }

    /// <summary>Responses to and from bytes.</summary>
    public Marshaller<TResponse> ResponseMarshaller { get; }
}
