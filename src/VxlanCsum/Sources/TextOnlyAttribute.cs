using System.Management.Automation;

namespace VxlanCsum.Sources;

/// <summary>
/// For a string parameter that takes text from the pipeline beside parameters that take properties of objects: without
/// it every object is turned into a string before its properties are looked at.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextOnlyAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? data = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;

        // The binder goes on to the other parameters after a failed cast, and after nothing else.
        return data is null or string or string[]
            || (data is object[] lines
                && Array.TrueForAll(lines, line => line is null or string or PSObject { BaseObject: string }))
            ? inputData
            : throw new ArgumentTransformationMetadataException("Text is expected here.",
                new PSInvalidCastException("Text is expected here."));
    }
}
