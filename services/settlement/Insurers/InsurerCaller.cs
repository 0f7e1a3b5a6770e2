using Grpc.Core;

namespace MedInsure.Settlement.Insurers;

/// <summary>The insurer that a call comes from, as its token proved.</summary>
/// <param name="Code">As in a contract's <see cref="InsurerContract.Insurer"/>.</param>
/// <param name="Until">When the token ends to be good; a stream ends with it.</param>
public sealed record InsurerCaller(string Code, DateTimeOffset Until)
{
    /// <exception cref="InvalidOperationException">The call came in by another way than <see cref="InsurerAuthentication"/>.</exception>
    public static InsurerCaller Of(ServerCallContext context) =>
        context.UserState.TryGetValue(typeof(InsurerCaller), out var caller) ? (InsurerCaller)caller : throw new InvalidOperationException("no insurer was authenticated");
}
