using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace MedInsure.Hosting.Web;

/// <summary>JSON as the plain HTTP edges write it: camelCase, Chinese as itself, nothing for what is absent.</summary>
public static class WebJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // Chinese stays readable; < > & and quotes are still escaped, so that a body shown by a browser cannot become markup.
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
