using System.Collections;
using System.Management.Automation;

namespace VxlanCsum.Sources;

/// <summary>Takes the path of what comes through the pipeline and has one: a summary of Measure-PcapChecksum, a row of
/// a CSV file. A verdict that was already read from a capture is not read again.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class CapturePathTransformationAttribute : ArgumentTransformationAttribute
{
    private const string Name = "Path";

    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        // As the parameter wants it: else the binder would try the other parameters first.
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string text)
        {
            return new[] { text };
        }

        // Files have PSPath, and bind by that.
        if (inputData is not PSObject { BaseObject: not (string or IEnumerable or FileSystemInfo) } given
            || given.Properties["PSPath"] is not null || given.Properties[Name]?.Value is not { } path
            || given.TypeNames.Any(IsVerdict))
        {
            return inputData;
        }

        // What a cmdlet of ours has read is taken as it is, not as a pattern.
        return given.BaseObject is CaptureSummary summary ? new[] { WildcardPattern.Escape(summary.Path) } : path;
    }

    /// <summary>Nor is a tunnel a capture, wherever it was read.</summary>
    private static bool IsVerdict(string type) =>
        type.EndsWith(typeof(VxlanInterface).FullName!, StringComparison.Ordinal)
        || type.EndsWith(typeof(PacketChecksum).FullName!, StringComparison.Ordinal)
        || type.EndsWith(typeof(VxlanChecksumResult).FullName!, StringComparison.Ordinal);
}
