using System.Management.Automation;

namespace VxlanCsum.Sources;

/// <summary>Takes "on" and "off", as ethtool does, where a Boolean is asked for.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OnOffTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not string text ? inputData
        : text.Equals("on", StringComparison.OrdinalIgnoreCase) ? true
        : text.Equals("off", StringComparison.OrdinalIgnoreCase) ? false
        : inputData;
}
