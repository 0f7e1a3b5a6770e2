using System.Security.Cryptography;
using System.Text;

namespace MedInsure.Settlement.Pooling;

/// <summary>Ids of events by what they tell of: recorded again (after a restored backup), the same fact has the same id, by which it is dropped.</summary>
internal static class FundEventId
{
    public static Guid Of<T>(string number) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{typeof(T).Name} {number}")).AsSpan(0, 16));
}
