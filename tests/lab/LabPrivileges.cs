using System.ComponentModel;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests;

/// <summary>Runs work as someone without privileges would.</summary>
public static partial class LabPrivileges
{
    private const uint Version3 = 0x20080522;

    /// <summary>
    /// Runs the work on a thread without any capability; the threads it starts inherit that (capabilities(7): they are
    /// a thread's, and go with it).
    /// </summary>
    public static void RunWithoutCapabilities(Action work)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                uint[] header = [Version3, 0];
                if (CapabilitySet(header, new uint[6]) != 0)
                {
                    throw new Win32Exception(Marshal.GetLastPInvokeError());
                }

                work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>
    /// The lines that vxlancsum prints for a script, in the namespace and without any capability. A process of its own:
    /// threads that a session starts would stay in the namespace, and without.
    /// </summary>
    public static string[] RunShellWithoutCapabilities(LabNamespace place, string script) => place.Run(
        "setpriv", "--bounding-set=-all", "--inh-caps=-all", ShellProcess.Executable, "-NoLogo", "-NonInteractive",
        "-Command", script)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int CapabilitySet(uint[] header, uint[] data);
}
