using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace MedInsure.Local.Tests.Packages;

/// <summary>
/// What our assemblies use of shared/Grpc, as the compiler wrote it into them. The official packages must have every line of the committed
/// list (Grpc.Core.Api, Grpc.AspNetCore, Grpc.Net.Client, Grpc.Net.ClientFactory, health checks and reflection; RpcExceptionExtensions stays ours).
/// </summary>
[Trait("Category", "Repo")]
public sealed class GrpcSurfaceTests
{
    private const string Own = "MedInsure.Grpc";

    private static bool IsOfPackages(string name) =>
        name.StartsWith("Grpc.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal);

    private static IEnumerable<string> Uses(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        if (!file.HasMetadata)
            yield break;
        var metadata = file.GetMetadataReader();
        var names = new TypeNames();
        foreach (var type in metadata.TypeReferences)
            if (IsOwn(metadata, type) && TypeNames.Of(metadata, type) is var name && IsOfPackages(name))
                yield return name;
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            var type = member.Parent.Kind switch
            {
                HandleKind.TypeReference => (TypeReferenceHandle)member.Parent,
                HandleKind.TypeSpecification => Definition(metadata, (TypeSpecificationHandle)member.Parent),
                _ => default,
            };
            if (type.IsNil || !IsOwn(metadata, type) || TypeNames.Of(metadata, type) is var name && !IsOfPackages(name))
                continue;
            var text = TypeNames.Of(metadata, type) + "." + metadata.GetString(member.Name);
            yield return member.GetKind() == MemberReferenceKind.Field ? text
                : $"{text}({string.Join(", ", member.DecodeMethodSignature(names, null).ParameterTypes)})";
        }
    }

    private static bool IsOwn(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var scope = metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.TypeReference => IsOwn(metadata, (TypeReferenceHandle)scope),
            HandleKind.AssemblyReference => metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name) == Own,
            _ => false,
        };
    }

    /// <summary>The open type of Some&lt;X&gt;, if another assembly has it.</summary>
    private static TypeReferenceHandle Definition(MetadataReader metadata, TypeSpecificationHandle handle)
    {
        var signature = metadata.GetBlobReader(metadata.GetTypeSpecification(handle).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            return default;
        signature.ReadByte(); // class or struct
        return signature.ReadTypeHandle() is { Kind: HandleKind.TypeReference } type ? (TypeReferenceHandle)type : default;
    }

    [Fact]
    public void Assemblies_UseOfTheGrpcPackagesWhatTheListSays()
    {
        var folder = AppContext.BaseDirectory;
        var assemblies = Directory.GetFiles(folder, "MedInsure.*.dll").Where(f => Path.GetFileNameWithoutExtension(f) is var name && name != Own && !name.EndsWith(".Tests", StringComparison.Ordinal)).ToList();
        foreach (var service in new[] { "Enrollment", "Billing", "FraudAudit", "Reporting", "ProviderRegistry", "Settlement", "Gateway", "Protos", "Hosting", "Tool", "Local" })
            Assert.Contains(Path.Combine(folder, $"MedInsure.{service}.dll"), assemblies);
        var used = assemblies.SelectMany(Uses).Distinct().Order(StringComparer.Ordinal).ToList();
        var listed = File.ReadAllLines(Path.Combine(folder, "Packages", "grpc-surface.txt"));
        var differences = used.Except(listed).Select(u => "+ " + u).Concat(listed.Except(used).Select(l => "- " + l)).ToList();
        Assert.True(differences.Count == 0,
            "The use of the gRPC API has changed. New lines must be public in the official packages; then change tests/Local.Tests/Packages/grpc-surface.txt:\n" + string.Join('\n', differences));
    }

    /// <summary>Types as C# would name them, without namespaces.</summary>
    private sealed class TypeNames : ISignatureTypeProvider<string, object?>
    {
        internal static string Of(MetadataReader reader, TypeReferenceHandle handle)
        {
            var type = reader.GetTypeReference(handle);
            var name = reader.GetString(type.Name);
            return type.ResolutionScope.Kind == HandleKind.TypeReference ? Of(reader, (TypeReferenceHandle)type.ResolutionScope) + "." + name
                : type.Namespace.IsNil ? name : reader.GetString(type.Namespace) + "." + name;
        }

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => reader.GetString(reader.GetTypeReference(handle).Name);

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => reader.GetString(reader.GetTypeDefinition(handle).Name);

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType.Split('`')[0]}<{string.Join(", ", typeArguments)}>";

        public string GetGenericMethodParameter(object? genericContext, int index) => "!!" + index;

        public string GetGenericTypeParameter(object? genericContext, int index) => "!" + index;

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetArrayType(string elementType, ArrayShape shape) => elementType + "[,]";

        public string GetByReferenceType(string elementType) => elementType + "&";

        public string GetPointerType(string elementType) => elementType + "*";

        public string GetPinnedType(string elementType) => elementType;

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetFunctionPointerType(MethodSignature<string> signature) => "function";
    }
}
