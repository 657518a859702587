using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Advisories;

/// <summary>Versions in what programs and files say of themselves.</summary>
internal static class VersionTexts
{
    /// <summary>The version in "Kubernetes v1.28.2", "k3s version v1.27.4+k3s1 (36645e73)" or "v3.26.1"; null where
    /// there is none.</summary>
    public static string? Of(string said) => said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .FirstOrDefault(
            static w => w.Contains('.', StringComparison.Ordinal) && VersionNumber.Parse(w) is not null) is { } word
            ? SafeText.Escape(word) : null;

    /// <summary>PRETTY_NAME of os-release(5), or NAME; null where it has neither.</summary>
    public static string? Distribution(string osRelease)
    {
        string? Value(string key) =>
            osRelease.Split('\n').Select(static l => l.Trim())
                .Where(l => l.StartsWith(key + "=", StringComparison.Ordinal))
            .Select(l => l[(key.Length + 1)..].Trim('"', '\'')).LastOrDefault(static v => v.Length > 0);
        return (Value("PRETTY_NAME") ?? Value("NAME")) is { } name ? SafeText.Escape(name) : null;
    }

    /// <summary>The tags of the images that containers run, by the containers' names, from `crictl ps -o json` and
    /// `crictl images -o json`.</summary>
    /// <exception cref="FormatException">It is not what crictl prints.</exception>
    public static IReadOnlyDictionary<string, string> ContainerTags(string ps, string images)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using JsonDocument running = JsonDocument.Parse(ps), known = JsonDocument.Parse(images);
            var byId = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (JsonElement image in Items(known, "images"))
            {
                if (Strings(image, "repoTags").Select(TagOf).FirstOrDefault(static t => t is not null) is { } tag)
                {
                    foreach (string id in Strings(image, "repoDigests").Append(Text(image, "id")).OfType<string>())
                    {
                        byId[id] = tag;
                    }
                }
            }

            foreach (JsonElement container in Items(running, "containers"))
            {
                // Which of the three is a name and which an id differs between runtimes.
                string?[] names = [Text(container, "image", "userSpecifiedImage"), Text(container, "image", "image"),
                    Text(container, "imageRef")];
                if (Text(container, "metadata", "name") is { } name
                    && names.OfType<string>().Select(n => byId.GetValueOrDefault(n) ?? TagOf(n))
                        .FirstOrDefault(static t => t is not null) is { } tag)
                {
                    tags[name] = SafeText.Escape(tag);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException(e.Message, e);
        }

        return tags;
    }

    /// <summary>What stands behind the colon of "registry:5000/calico/node:v3.26.1@sha256:...", if it is a
    /// version.</summary>
    private static string? TagOf(string image)
    {
        string name = image.Split('@')[0];
        int colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') && name[(colon + 1)..] is var tag
            && tag.Contains('.', StringComparison.Ordinal) && VersionNumber.Parse(tag) is not null ? tag : null;
    }

    private static JsonElement.ArrayEnumerator Items(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out JsonElement items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray() : default;

    private static IEnumerable<string> Strings(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(static s => s.GetString()).OfType<string>() : [];

    private static string? Text(JsonElement parent, params ReadOnlySpan<string> path)
    {
        foreach (string name in path)
        {
            if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out parent))
            {
                return null;
            }
        }

        return parent.ValueKind == JsonValueKind.String && parent.GetString() is { Length: > 0 } text ? text : null;
    }
}
