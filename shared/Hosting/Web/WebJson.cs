using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace MedInsure.Hosting.Web;

/// <summary>JSON as the plain HTTP edges write it: camelCase, Chinese as itself, nothing for what is absent; read, a list without an element that is null.</summary>
public static class WebJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        // Chinese stays readable; < > & and quotes are still escaped, so that a body shown by a browser cannot become markup.
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(RefuseNullElements),
    };

    // No list of ours has an element that may be absent, and no use case looks for one: [null] is a body that is not of the documented form.
    private static void RefuseNullElements(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Enumerable || type.ElementType is not { IsValueType: false }) return;
        type.OnDeserialized = list =>
        {
            foreach (var element in (IEnumerable)list)
                if (element is null) throw new JsonException("an element of a list is null");
        };
    }
}
