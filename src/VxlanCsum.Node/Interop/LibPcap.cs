using System.Reflection;
using System.Runtime.InteropServices;

namespace VxlanCsum.Node.Interop;

/// <summary>
/// What SharpPcap 6.3.1 gets wrong of libpcap: it takes the numbers of struct pcap_stat for pointers, and so returns
/// drops by the interface for drops by the kernel on 64-bit Unix.
/// </summary>
internal static partial class LibPcap
{
    private const string Library = "libpcap";

    /// <summary>By the names of the distributions; whichever it is, SharpPcap has loaded it before.</summary>
    private static readonly string[] s_names = ["libpcap.so.1", "libpcap.so.0.8", "libpcap.so", "libpcap"];

    static LibPcap() => NativeLibrary.SetDllImportResolver(typeof(LibPcap).Assembly, Resolve);

    /// <summary>struct pcap_stat.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Statistics
    {
        public uint Received, Dropped, InterfaceDropped;
    }

    [LibraryImport(Library, EntryPoint = "pcap_stats")]
    public static partial int GetStatistics(SafeHandle capture, ref Statistics statistics);

    /// <summary>The capture's socket, which stays libpcap's.</summary>
    [LibraryImport(Library, EntryPoint = "pcap_fileno")]
    public static partial int GetSocket(SafeHandle capture);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name == Library)
        {
            foreach (string candidate in s_names)
            {
                if (NativeLibrary.TryLoad(candidate, assembly, path, out nint library))
                {
                    return library;
                }
            }
        }

        return 0;
    }
}
