using System.Collections;
using System.Management.Automation;

namespace VxlanCsum.Sources;

/// <summary>
/// Lets a parameter of kinds take mitigations as well, alone or in the list that a diagnosis has of them: what
/// `Get-ChecksumDiagnosis | Select-Object Mitigations` leaves.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MitigationKindTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        KindOf(inputData) is { } kind ? new[] { kind }
        : Bare(inputData) is IEnumerable list and not string
            && list.Cast<object?>().Select(KindOf).ToArray() is { Length: > 0 } all
            && Array.TrueForAll(all, static a => a is not null) ? all
        : inputData;

    /// <summary>The network namespace that such a list is about; null for the session's own, and for anything
    /// else.</summary>
    public static string? PlaceOf(object? mitigations) => Bare(mitigations) is IEnumerable list and not string
        ? list.Cast<object?>().Where(static m => KindOf(m) is not null)
            .Select(static m => new PipelineObject(PSObject.AsPSObject(m!)).Text(
                nameof(ChecksumMitigation.NetworkNamespace)))
            .FirstOrDefault(static place => !string.IsNullOrEmpty(place))
        : null;

    /// <summary>The kind of a mitigation, alive, deserialised or made of JSON; null for anything else.</summary>
    private static string? KindOf(object? value) =>
        Bare(value) is ChecksumMitigation mitigation ? mitigation.Kind.ToString()
        : value is PSObject wrapped && new PipelineObject(wrapped) is var bag
            && (bag.TypeName == nameof(ChecksumMitigation)
                || (wrapped.BaseObject is PSCustomObject && bag.Text(nameof(ChecksumMitigation.Commands)) is not null))
            ? bag.Text(nameof(ChecksumMitigation.Kind)) : null;

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
