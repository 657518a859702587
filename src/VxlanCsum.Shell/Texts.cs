using System.Management.Automation;
using System.Reflection;

namespace VxlanCsum.Shell;

/// <summary>What the program says of itself.</summary>
internal static class Texts
{
    /// <summary>What stands above the first prompt.</summary>
    public static string Banner { get; } = $"""
        VxlanCsum {VersionOf(typeof(Program))} in PowerShell {VersionOf(typeof(PSObject))}
        Get-Command -Module VxlanCsum lists its commands; exit leaves.
        """;

    /// <summary>The answer to -Help.</summary>
    public static string Help { get; } = $$"""
        vxlancsum is PowerShell {{VersionOf(typeof(PSObject))}} with the VxlanCsum module imported. It takes what pwsh takes:

        vxlancsum [-NoLogo] [-NoProfile] [-NonInteractive] [-NoExit] [-WorkingDirectory <directory>]
                  [ -Command { - | <text> } | -CommandWithArgs <text> <arguments>
                  | -EncodedCommand <base64> | [-File] <script> <arguments> ]
        vxlancsum -Version | -Help

        Without any of these: a prompt.
        Exit code: what exit was given, else 0; 1 after an error that ended the command, or when its last statement failed;
        64 for a bad command line; 70 when the module is missing.

        NO_COLOR turns colours off. VXLANCSUM_MODULE names the module to import, if not the one that came along.
        """;

    private static string VersionOf(Type type) => type.Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split(' ', '+')[0];
}
