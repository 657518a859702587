using System.Collections;
using System.Globalization;
using System.Management.Automation;
using VxlanCsum.Reports.Reading;

namespace VxlanCsum.Sources;

/// <summary>An object as it came through the pipeline: alive, or the property bag that serialising left of
/// it.</summary>
internal sealed class PipelineObject(PSObject given) : ReportObject
{
    private const string Namespace = "VxlanCsum.", Deserialized = "Deserialized.";

    /// <inheritdoc/>
    public override string TypeName
    {
        get
        {
            foreach (string name in given.TypeNames)
            {
                string live = name.StartsWith(Deserialized, StringComparison.Ordinal) ? name[Deserialized.Length..]
                    : name;
                if (live.StartsWith(Namespace, StringComparison.Ordinal))
                {
                    return live[Namespace.Length..];
                }
            }

            return given.TypeNames.Count > 0 ? given.TypeNames[0] : string.Empty;
        }
    }

    /// <inheritdoc/>
    public override string? Computer => Text("PSComputerName");

    /// <inheritdoc/>
    public override string ToString() => ToText(given);

    /// <inheritdoc/>
    public override string? Text(string property) => Value(property) is { } value ? ToText(value) : null;

    /// <inheritdoc/>
    public override ReportObject? Child(string property) =>
        Value(property) is { } value && PSObject.AsPSObject(value) is { BaseObject: not string } child
            ? new PipelineObject(child) : null;

    /// <inheritdoc/>
    public override IEnumerable<ReportObject> Children(string property)
    {
        object? value = Value(property);
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (bare is null or "")
        {
            yield break;
        }

        if (bare is string || LanguagePrimitives.GetEnumerable(bare) is not { } elements)
        {
            yield return new PipelineObject(PSObject.AsPSObject(value!));
            yield break;
        }

        foreach (object? element in elements)
        {
            if (element is not null)
            {
                yield return new PipelineObject(PSObject.AsPSObject(element));
            }
        }
    }

    /// <inheritdoc/>
    public override DateTime? Time(string property) =>
        (Value(property) is PSObject wrapped ? wrapped.BaseObject : Value(property)) switch
        {
            DateTime time when time != default =>
                time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc)
                    : time.ToUniversalTime(),
            string text when DateTime.TryParse(text, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time) => time,
            _ => null,
        };

    /// <summary>A property that cannot be asked (a script's, on an object that someone made) is as good as
    /// missing.</summary>
    private object? Value(string property)
    {
        try
        {
            return given.Properties[property]?.Value;
        }
        catch (GetValueException)
        {
            return null;
        }
    }

    /// <summary>An enum value that was serialised is a number that remembers its name: asking the wrapper gives the
    /// name.</summary>
    private static string ToText(object value) => value switch
    {
        string text => text,
        IFormattable number and not PSObject => number.ToString(null, CultureInfo.InvariantCulture),
        PSObject { BaseObject: IEnumerable and not string } list =>
            string.Join(", ", LanguagePrimitives.GetEnumerable(list)?.Cast<object?>().Select(static e => e?.ToString())
                ?? []),
        _ => value.ToString() ?? string.Empty,
    };
}
