using System.Management.Automation;
using VxlanCsum.Node.Errors;
using VxlanCsum.Offloads;
using VxlanCsum.Text;

namespace VxlanCsum.Sources;

/// <summary>Names of features as people give them to cmdlets.</summary>
internal static class OffloadNames
{
    public static OffloadNamePattern Pattern(string name)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(name))
        {
            return new OffloadNamePattern(name, false, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
        }

        var pattern = Wildcards.Of(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
        return new OffloadNamePattern(name, true, pattern.IsMatch);
    }

    public static ErrorRecord NotFound(string name)
    {
        string message = $"No interface has an offload feature or group '{SafeText.Escape(name, 64)}'.";
        const string Action =
            "Leave -Name out to see all names; wildcards, and groups such as tx or tx-checksumming, are taken too.";
        return new ErrorRecord(new ItemNotFoundException(message), NodeErrorId.OffloadFeatureNotFound,
            ErrorCategory.ObjectNotFound, name)
        {
            ErrorDetails = new ErrorDetails(message) { RecommendedAction = Action },
        };
    }
}
