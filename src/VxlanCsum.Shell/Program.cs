using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace VxlanCsum.Shell;

/// <summary>vxlancsum: PowerShell's own console host with the VxlanCsum module imported, for machines without
/// pwsh.</summary>
internal static class Program
{
    /// <summary>pwsh's exit code for what cannot be started (EX_SOFTWARE of sysexits.h).</summary>
    private const int InitFailure = 70;

    /// <summary>EX_IOERR of sysexits.h.</summary>
    private const int InputOutputFailure = 74;

    private static int Main(string[] words)
    {
        // PowerShell reports its use to Microsoft, asks for updates and opens a pipe for debuggers (Enter-PSHostProcess)
        // unless told not to; a tool for cluster nodes calls nobody, and nobody calls it.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        Environment.SetEnvironmentVariable("POWERSHELL_UPDATECHECK", "Off");
        Environment.SetEnvironmentVariable("POWERSHELL_DIAGNOSTICS_OPTOUT", "1");
        string module = ModuleFiles.Manifest;
        if (!File.Exists(module))
        {
            Console.Error.WriteLine($"vxlancsum: the VxlanCsum module is missing: there is no {module}");
            return InitFailure;
        }

        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = new WordWrapCulture();
        PipedOutput.Install();
        UntouchedTerminal.Install(words);
        ModuleFiles.OfferPwsh();
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([module]);
        try
        {
            return ConsoleShell.Start(state, Texts.Banner, Texts.Help, words);
        }
        catch (PipelineStoppedException)
        {
            // Nobody reads any more what is said before there is a pipeline, the help say: all is done.
            return 0;
        }
        catch (IOException error)
        {
            // Its output is on a full disk, say.
            Console.Error.WriteLine($"vxlancsum: reading or writing failed: {error.Message}");
            return InputOutputFailure;
        }
    }
}
