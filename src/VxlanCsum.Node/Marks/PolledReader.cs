using System.Diagnostics;
using System.Runtime.InteropServices;
using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.Marks;

/// <summary>Waits until a descriptor has something to read.</summary>
internal static class PolledReader
{
    private const short Readable = 1;

    /// <summary>Whether there is something before the time is over; the time that is left is taken off.</summary>
    public static bool Wait(DescriptorHandle descriptor, long start, int milliseconds)
    {
        while (true)
        {
            var polled = new Libc.Polled { Descriptor = descriptor.Number, Wanted = Readable };
            int left = Math.Max(0, milliseconds - (int)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            int ready = Libc.Poll(ref polled, 1, left);
            if (ready >= 0 || Marshal.GetLastPInvokeError() != Errno.Interrupted)
            {
                return ready > 0;
            }
        }
    }
}
