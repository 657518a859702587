using System.Diagnostics;
using System.Runtime.InteropServices;

namespace VxlanCsum.EngineTests.Hosting;

/// <summary>Sends signals, which System.Diagnostics.Process cannot.</summary>
internal static partial class Signals
{
    private const int Interrupt = 2;

    /// <summary>What Ctrl-C on its terminal sends.</summary>
    public static void SendInterrupt(Process process) => Assert.Equal(0, Kill(process.Id, Interrupt));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
