using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Reflection;
using Grpc.Reflection.V1;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Grpc.Reflection
{
    /// <summary>The descriptors of all mapped services, found by file and by name. Built when first asked for: then all is mapped.</summary>
    internal sealed class ServiceDescriptors
    {
        private readonly Lazy<(Dictionary<string, FileDescriptor> Files, Dictionary<string, FileDescriptor> Symbols)> _index;
        private readonly GrpcMapping _mapping;

        public ServiceDescriptors(GrpcMapping mapping)
        {
            _mapping = mapping;
            _index = new(Index);
        }

        internal IEnumerable<string> Services => _mapping.Services.Order(StringComparer.Ordinal);

        internal FileDescriptor? File(string name) => _index.Value.Files.GetValueOrDefault(name);

        internal FileDescriptor? Symbol(string name) => _index.Value.Symbols.GetValueOrDefault(name);

        internal FileDescriptor? Extension(string type, int number) =>
            _index.Value.Files.Values.FirstOrDefault(file => Extensions(file).Any(e => e.ExtendeeType.FullName == type && e.FieldNumber == number));

        internal IEnumerable<int> ExtensionNumbers(string type) =>
            _index.Value.Files.Values.SelectMany(Extensions).Where(e => e.ExtendeeType.FullName == type).Select(e => e.FieldNumber).Distinct().Order();

        private static IEnumerable<FieldDescriptor> Extensions(FileDescriptor file) => file.Extensions.UnorderedExtensions;

        private (Dictionary<string, FileDescriptor>, Dictionary<string, FileDescriptor>) Index()
        {
            var (files, symbols) = (new Dictionary<string, FileDescriptor>(), new Dictionary<string, FileDescriptor>());
            foreach (var service in _mapping.Descriptors)
                Add(service.File);
            return (files, symbols);

            void Add(FileDescriptor file)
            {
                if (!files.TryAdd(file.Name, file))
                    return;
                foreach (var import in file.Dependencies)
                    Add(import);
                foreach (var service in file.Services)
                {
                    symbols[service.FullName] = file;
                    foreach (var method in service.Methods)
                        symbols[method.FullName] = file;
                }
                foreach (var message in file.MessageTypes)
                    AddMessage(message, file);
                foreach (var type in file.EnumTypes)
                    symbols[type.FullName] = file;
                foreach (var extension in Extensions(file))
                    symbols[extension.FullName] = file;
            }

            void AddMessage(MessageDescriptor message, FileDescriptor file)
            {
                symbols[message.FullName] = file;
                foreach (var field in message.Fields.InDeclarationOrder())
                    symbols[field.FullName] = file;
                foreach (var nested in message.NestedTypes)
                    AddMessage(nested, file);
                foreach (var type in message.EnumTypes)
                    symbols[type.FullName] = file;
            }
        }
    }

    /// <summary><c>grpc.reflection.v1</c>.</summary>
    internal sealed class ReflectionService(ServiceDescriptors descriptors) : ServerReflection.ServerReflectionBase
    {
        public override Task ServerReflectionInfo(IAsyncStreamReader<ServerReflectionRequest> requestStream, IServerStreamWriter<ServerReflectionResponse> responseStream, ServerCallContext context) =>
            Answer(descriptors, requestStream, responseStream);

        internal static async Task Answer(ServiceDescriptors descriptors, IAsyncStreamReader<ServerReflectionRequest> requests, IServerStreamWriter<ServerReflectionResponse> responses)
        {
            await foreach (var request in requests.ReadAllAsync())
            {
                var response = request.MessageRequestCase switch
                {
                    ServerReflectionRequest.MessageRequestOneofCase.ListServices => new ServerReflectionResponse { ListServicesResponse = new ListServiceResponse { Service = { descriptors.Services.Select(s => new ServiceResponse { Name = s }) } } },
                    ServerReflectionRequest.MessageRequestOneofCase.FileByFilename => FileOf(descriptors.File(request.FileByFilename)),
                    ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol => FileOf(descriptors.Symbol(request.FileContainingSymbol)),
                    ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension => FileOf(descriptors.Extension(request.FileContainingExtension.ContainingType, request.FileContainingExtension.ExtensionNumber)),
                    ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType => Numbers(descriptors, request.AllExtensionNumbersOfType),
                    _ => Error(StatusCode.InvalidArgument, "No question was asked."),
                };
                response.ValidHost = request.Host;
                response.OriginalRequest = request;
                await responses.WriteAsync(response);
            }
        }

        private static ServerReflectionResponse FileOf(FileDescriptor? file)
        {
            if (file is null)
                return Error(StatusCode.NotFound, "Not found.");
            var (seen, found) = (new HashSet<string>(), new FileDescriptorResponse());
            Add(file);
            return new ServerReflectionResponse { FileDescriptorResponse = found };

            void Add(FileDescriptor one)
            {
                if (!seen.Add(one.Name))
                    return;
                found.FileDescriptorProto.Add(one.SerializedData);
                foreach (var import in one.Dependencies)
                    Add(import);
            }
        }

        private static ServerReflectionResponse Numbers(ServiceDescriptors descriptors, string type) => descriptors.Symbol(type) is null
            ? Error(StatusCode.NotFound, "Not found.")
            : new ServerReflectionResponse { AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = type, ExtensionNumber = { descriptors.ExtensionNumbers(type) } } };

        private static ServerReflectionResponse Error(StatusCode code, string message) => new() { ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message } };
    }

    /// <summary>The same under the older name <c>grpc.reflection.v1alpha</c>, whose messages are the same on the wire; older tools know only it.</summary>
    [BindServiceMethod(typeof(ReflectionServiceAlpha), nameof(Bind))]
    internal sealed class ReflectionServiceAlpha(ServiceDescriptors descriptors)
    {
        private static readonly Method<ServerReflectionRequest, ServerReflectionResponse> Info = new(
            MethodType.DuplexStreaming, "grpc.reflection.v1alpha.ServerReflection", nameof(ServerReflectionInfo), Marshaller(ServerReflectionRequest.Parser), Marshaller(ServerReflectionResponse.Parser));

        internal static void Bind(ServiceBinderBase binder, ReflectionServiceAlpha? service) =>
            binder.AddMethod(Info, service is null ? null : new DuplexStreamingServerMethod<ServerReflectionRequest, ServerReflectionResponse>(service.ServerReflectionInfo));

        public Task ServerReflectionInfo(IAsyncStreamReader<ServerReflectionRequest> requests, IServerStreamWriter<ServerReflectionResponse> responses, ServerCallContext context) =>
            ReflectionService.Answer(descriptors, requests, responses);

        private static Marshaller<T> Marshaller<T>(MessageParser<T> parser) where T : class, IMessage<T> => Marshallers.Create(message => message.ToByteArray(), parser.ParseFrom);
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Registers reflection.</summary>
    public static class GrpcReflectionServiceExtensions
    {
        /// <summary>Adds gRPC reflection.</summary>
        public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
        {
            ArgumentNullException.ThrowIfNull(services);
            services.AddGrpc();
            services.TryAddSingleton<ServiceDescriptors>();
            services.TryAddSingleton<ReflectionService>();
            services.TryAddSingleton<ReflectionServiceAlpha>();
            return services;
        }
    }
}

namespace Microsoft.AspNetCore.Builder
{
    /// <summary>Maps reflection.</summary>
    public static class GrpcReflectionEndpointRouteBuilderExtensions
    {
        /// <summary>Maps <c>grpc.reflection.v1</c> and <c>v1alpha</c>.</summary>
        public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder builder)
        {
            builder.MapGrpcService<ReflectionServiceAlpha>();
            return builder.MapGrpcService<ReflectionService>();
        }
    }
}
