using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace VxlanCsum.Sources;

/// <summary>Takes a port range as people write it: a <see cref="PortRange"/> (of Get-VxlanInterface), two numbers, or
/// "32768-60999".</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PortRangeTransformationAttribute : ArgumentTransformationAttribute
{
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        switch (value)
        {
            case null or PortRange:
                return value;
            case string text:
                string[] ends = text.Split(['-', ',', ' '],
                    StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                return Range(ends, text);
            case IList { Count: 1 } single:
                return Transform(engineIntrinsics, single[0]);
            case IList list:
                return Range([.. list.Cast<object?>()], string.Join(", ", list.Cast<object?>()));
            default:
                return Range([value], Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        }
    }

    private static PortRange Range(object?[] ends, string given)
    {
        if (ends.Length != 2
            || !LanguagePrimitives.TryConvertTo(ends[0], CultureInfo.InvariantCulture, out ushort min)
            || !LanguagePrimitives.TryConvertTo(ends[1], CultureInfo.InvariantCulture, out ushort max)
            || min < 1 || min > max)
        {
            throw new ArgumentTransformationMetadataException(
                $"'{Text.SafeText.Escape(given)}' is no port range: give the lowest and the highest port, 1 to "
                + $"65535, as in 32768, 60999.");
        }

        return new PortRange(min, max);
    }
}
