using System.Globalization;
using VxlanCsum.Shell.CommandLine;
using VxlanCsum.Shell.Hosting;
using VxlanCsum.Shell.Session;

namespace VxlanCsum.Shell;

/// <summary>vxlancsum: the PowerShell engine with the VxlanCsum module, for machines without pwsh.</summary>
internal static class Program
{
    private static int Main(string[] words)
    {
        // The engine reports its use to Microsoft unless told not to; a tool for cluster nodes calls nobody.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        PipedOutput.Install();
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = new WordWrapCulture();
        try
        {
            ShellArguments arguments = ArgumentParser.Parse(words);
            switch (arguments.Mode)
            {
                case ShellMode.Version:
                    return Say($"VxlanCsum {ShellVersion.Own} (PowerShell engine {ShellVersion.Engine})");
                case ShellMode.Help:
                    return Say(Usage.Text);
                default:
                    return ShellSession.Run(arguments);
            }
        }
        catch (UsageException error)
        {
            Console.Error.WriteLine("vxlancsum: " + PlainText.OneLine(error.Message));
            Console.Error.WriteLine();
            Console.Error.WriteLine(Usage.Text);
            return ShellExitCode.BadCommandLine;
        }
    }

    private static int Say(string text)
    {
        try
        {
            Console.Out.WriteLine(text);
            return ShellExitCode.Success;
        }
        catch (IOException)
        {
            return ShellExitCode.Failure;
        }
    }
}
