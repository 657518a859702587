using System.Management.Automation;
using System.Reflection;

namespace VxlanCsum.Shell.Hosting;

/// <summary>Versions of what runs.</summary>
internal static class ShellVersion
{
    /// <summary>Ours, the manifest's at build time.</summary>
    public static Version Own { get; } = Trim(typeof(ShellVersion).Assembly.GetName().Version!);

    /// <summary>The PowerShell engine's, as its package says it.</summary>
    public static string Engine { get; } = (typeof(PSObject).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split(' ', '+')[0];

    private static Version Trim(Version version) => new(version.Major, version.Minor, version.Build);
}
