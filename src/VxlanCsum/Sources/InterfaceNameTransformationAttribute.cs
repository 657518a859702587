using System.Management.Automation;

namespace VxlanCsum.Sources;

/// <summary>
/// Takes the name of a device that comes through the pipeline as an object. Files and packets have names and interfaces
/// as well, and mean something else: they are refused, and the binder goes on to the other parameters.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InterfaceNameTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>Whether any object that names an interface will do, not only a tunnel of this machine.</summary>
    public bool TakesAll { get; set; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is null or string or string[] || inputData is not PSObject given)
        {
            return TakesAll && inputData is string name ? new[] { name } : inputData;
        }

        if (given.BaseObject is string text)
        {
            return TakesAll ? new[] { text } : text;
        }

        bool isTunnel = given.TypeNames.Any(static t => t.EndsWith(typeof(VxlanInterface).FullName!,
            StringComparison.Ordinal));
        string? device = isTunnel ? Of(given, "Path") is null || TakesAll ? Of(given, "Name") : null
            : TakesAll && given.Properties["PSPath"] is null ? Of(given, "Interface") ?? Of(given, "Name") : null;
        if (device is null && given.BaseObject is System.Collections.IList)
        {
            return inputData;
        }

        return device is null ? throw Refused(isTunnel) : TakesAll ? new[] { device } : device;
    }

    private static string? Of(PSObject given, string property) => given.Properties[property]?.Value as string;

    // The binder goes on to the other parameters after a failed cast, and after nothing else.
    private static ArgumentTransformationMetadataException Refused(bool isTunnel)
    {
        string why = isTunnel ? "This tunnel was read from a text: it is on the machine of which the text tells."
            : "An interface's name, or an object of Get-VxlanInterface, is expected here.";
        return new ArgumentTransformationMetadataException(why, new PSInvalidCastException(why));
    }
}
