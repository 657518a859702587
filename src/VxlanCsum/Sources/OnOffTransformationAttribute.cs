using System.Management.Automation;
using VxlanCsum.Text;

namespace VxlanCsum.Sources;

/// <summary>Takes "on" and "off", as ethtool does, and "True" and "False", as rows of CSV have them, where a Boolean is
/// asked for.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OnOffTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not string text ? inputData
        : text.Equals("on", StringComparison.OrdinalIgnoreCase) ? true
        : text.Equals("off", StringComparison.OrdinalIgnoreCase) ? false
        : bool.TryParse(text, out bool truth) ? truth
        : throw new ArgumentTransformationMetadataException(
            $"'{SafeText.Escape(text)}' is neither on nor off: give on, off, $true or $false.");
}
