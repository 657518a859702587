using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using VxlanCsum.Text;

namespace VxlanCsum.Diagnoses.Saving;

/// <summary>The JSON of a saved diagnosis.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true,
    IgnoreReadOnlyProperties = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(AddressConverter), typeof(PortRangeConverter), typeof(SafeTextConverter)])]
[JsonSerializable(typeof(EvidenceDocument))]
internal sealed partial class EvidenceJson : JsonSerializerContext
{
    public static byte[] Write(EvidenceDocument document) =>
        JsonSerializer.SerializeToUtf8Bytes(document, Default.EvidenceDocument);

    /// <exception cref="FormatException">It is no such document.</exception>
    public static EvidenceDocument Read(ReadOnlySpan<byte> json)
    {
        try
        {
            EvidenceDocument document = JsonSerializer.Deserialize(json, Default.EvidenceDocument)
                ?? throw new FormatException("it holds null");
            return document.Format == Saving.EvidenceDocument.CurrentFormat ? document
                : throw new FormatException(
                    string.Create(CultureInfo.InvariantCulture,
                        $"its form is number {document.Format}, which this version of the module does not know"));
        }
        catch (Exception e)
            when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException(e.Message, e);
        }
    }
}

/// <summary>Addresses as text.</summary>
internal sealed class AddressConverter : JsonConverter<IPAddress>
{
    public override IPAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        IPAddress.TryParse(reader.GetString(), out IPAddress? address) ? address
            : throw new JsonException("an address is none");

    public override void Write(Utf8JsonWriter writer, IPAddress value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>Port ranges as "32768-60999".</summary>
internal sealed class PortRangeConverter : JsonConverter<PortRange>
{
    public override PortRange Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString()?.Split('-') is [var min, var max]
        && ushort.TryParse(min, NumberStyles.None, CultureInfo.InvariantCulture, out ushort from)
        && ushort.TryParse(max, NumberStyles.None, CultureInfo.InvariantCulture, out ushort to)
        ? new PortRange(from, to) : throw new JsonException("a range of ports is none");

    public override void Write(Utf8JsonWriter writer, PortRange value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

/// <summary>Texts of a folder that a stranger may have written: what is read is fit to be shown, and of no great
/// length.</summary>
internal sealed class SafeTextConverter : JsonConverter<string>
{
    private const int Longest = 4096;

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? SafeText.Escape(text, Longest) : null;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert,
        JsonSerializerOptions options) => SafeText.Escape(reader.GetString()!, Longest);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);
}
