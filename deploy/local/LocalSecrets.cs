using System.Security.Cryptography;
using System.Text.Json;

namespace MedInsure.Local;

/// <summary>Every secret of a local platform by its configuration key, made at random when first asked for and kept in one file of mode 0600.</summary>
internal sealed class LocalSecrets
{
    private readonly string path;
    private readonly SortedDictionary<string, string> values;

    public LocalSecrets(string path)
    {
        this.path = path;
        values = File.Exists(path) ? JsonSerializer.Deserialize<SortedDictionary<string, string>>(File.ReadAllText(path))! : [];
    }

    public string this[string name]
    {
        get
        {
            if (!values.TryGetValue(name, out var value)) values[name] = value = RandomNumberGenerator.GetHexString(40, lowercase: true);
            return value;
        }
    }

    /// <summary>A private key of the curve P-256 in PEM (PKCS #8).</summary>
    public string SigningKey(string name)
    {
        if (!values.TryGetValue(name, out var value))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            values[name] = value = key.ExportPkcs8PrivateKeyPem();
        }
        return value;
    }

    public void Save() => PrivateFile.Write(path, JsonSerializer.Serialize(values));
}

/// <summary>Files that only their owner may read, replaced as a whole: a reader sees the old text or the new one.</summary>
internal static class PrivateFile
{
    public static void Write(string path, string text)
    {
        var fresh = path + ".new";
        using (var stream = new FileStream(fresh, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        using (var writer = new StreamWriter(stream))
            writer.Write(text);
        File.Move(fresh, path, overwrite: true);
    }
}
