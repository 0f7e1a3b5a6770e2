using Google.Protobuf;
using Google.Protobuf.Reflection;
using MedInsure.Grpc.Tests.Probing;

namespace MedInsure.Grpc.Tests.Interop;

/// <summary>Debian's grpcio.</summary>
public static class PythonPeer
{
    public static ForeignPeer Start(params string[] arguments)
    {
        var descriptors = Path.Combine(Path.GetTempPath(), $"grpcprobe-{Guid.NewGuid():N}.pb");
        File.WriteAllBytes(descriptors, new FileDescriptorSet { File = { FileDescriptorProto.Parser.ParseFrom(ProbeReflection.Descriptor.SerializedData) } }.ToByteArray());
        // Debian's package is for Debian's Python, whatever else comes first in the path.
        var python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
        return ForeignPeer.Start(python, ["-u", Path.Combine(AppContext.BaseDirectory, "Interop", "probe_peer.py"), descriptors, .. arguments],
            "Debian's package python3-grpcio (apt-get install python3-grpcio)", descriptors);
    }
}
