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
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Bare(inputData) switch
    {
        ChecksumMitigation mitigation => new[] { mitigation.Kind },
        IEnumerable list and not string when list.Cast<object?>().Select(Bare).ToArray() is { Length: > 0 } all && Array.TrueForAll(all, static a => a is ChecksumMitigation) =>
            all.Cast<ChecksumMitigation>().Select(static m => m.Kind).ToArray(),
        _ => inputData,
    };

    /// <summary>The network namespace that such a list is about; null for the session's own, and for anything else.</summary>
    public static string? PlaceOf(object? mitigations) =>
        Bare(mitigations) is IEnumerable list and not string ? list.Cast<object?>().Select(Bare).OfType<ChecksumMitigation>().FirstOrDefault()?.NetworkNamespace : null;

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
