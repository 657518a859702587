using System.Globalization;
using System.Text.Json;
using VxlanCsum.Clusters;
using VxlanCsum.Node.Files;
using VxlanCsum.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace VxlanCsum.Node.Clusters;

/// <summary>What `kubectl get -o yaml` printed, as the JSON that it would have printed.</summary>
internal static class KubeYaml
{
    /// <summary>The largest text: of YAML all is held in memory, of JSON only one object.</summary>
    public const int Longest = 16 << 20;

    /// <summary>A text that does not begin as JSON.</summary>
    public static bool IsYaml(ReadOnlySpan<char> begin) =>
        begin.TrimStart().TrimStart('\uFEFF').TrimStart() is [not ('{' or '['), ..];

    /// <exception cref="KubeTextException">It is no YAML, or larger than can be held.</exception>
    public static byte[] ToJson(TextReader text)
    {
        try
        {
            YamlStream yaml = YamlText.Load(text);
            using var json = new MemoryStream();
            foreach (YamlDocument document in yaml.Documents)
            {
                if (document.RootNode is YamlScalarNode)
                {
                    throw new KubeTextException(KubeTextErrorId.NotJson, 1,
                        "this is neither JSON nor a YAML document of objects.");
                }

                using var writer = new Utf8JsonWriter(json);
                Write(writer, document.RootNode, 0);
                writer.Flush();
                json.WriteByte((byte)'\n');
            }

            return json.ToArray();
        }
        catch (YamlException e)
        {
            throw new KubeTextException(KubeTextErrorId.Invalid, e.Start.Line,
                $"no YAML from here on: {SafeText.Escape(e.Message, 200)}", e);
        }
    }

    private static void Write(Utf8JsonWriter writer, YamlNode node, int depth)
    {
        // Names for nodes (&a, *a) can make a small text a very large one, and a very deep one.
        if (depth > YamlText.Deepest || writer.BytesCommitted + writer.BytesPending > Longest)
        {
            throw new KubeTextException(KubeTextErrorId.TooLarge, node.Start.Line,
                "the YAML is nested or repeated beyond all measure.");
        }

        switch (node)
        {
            case YamlMappingNode map:
                writer.WriteStartObject();
                foreach ((YamlNode key, YamlNode value) in map)
                {
                    writer.WritePropertyName((key as YamlScalarNode)?.Value ?? string.Empty);
                    Write(writer, value, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case YamlSequenceNode list:
                writer.WriteStartArray();
                foreach (YamlNode item in list)
                {
                    Write(writer, item, depth + 1);
                }

                writer.WriteEndArray();
                break;
            case YamlScalarNode scalar:
                Write(writer, scalar);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    // A value without quotes may be a number or a word of YAML's; kubectl quotes every text that looks like one.
    private static void Write(Utf8JsonWriter writer, YamlScalarNode scalar)
    {
        string value = scalar.Value ?? string.Empty;
        if (scalar.Style != ScalarStyle.Plain)
        {
            writer.WriteStringValue(value);
        }
        else if (value is "" or "null" or "~")
        {
            writer.WriteNullValue();
        }
        else if (value is "true" or "false")
        {
            writer.WriteBooleanValue(value == "true");
        }
        else if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(value);
        }
    }
}
