using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Marks;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Marks;

/// <summary>The kernel's log from now on (/dev/kmsg), and in it the lines of one prefix.</summary>
internal sealed class KernelLog : IMarkSource
{
    private const string Device = "/dev/kmsg", Setting = "/proc/sys/net/netfilter/nf_log_all_netns",
        First = "/proc/1/ns/net";

    /// <summary>A record is at most CONSOLE_EXT_LOG_MAX (8192) bytes; a shorter buffer gets EINVAL.</summary>
    private const int RecordLength = 8192;

    private const int FromEnd = 2;

    private readonly DescriptorHandle _handle;
    private readonly string _prefix;
    private readonly byte[] _buffer = new byte[RecordLength];

    private KernelLog(DescriptorHandle handle, string prefix) => (_handle, _prefix) = (handle, prefix);

    public long Lost { get; private set; }

    /// <summary>Opens the log behind its last line.</summary>
    /// <exception cref="NodeException">It is not there, or may not be read.</exception>
    public static KernelLog Open(string prefix)
    {
        DescriptorHandle handle = Libc.Open(Device, Libc.ReadOnly | Libc.NonBlocking | Libc.CloseOnExec);
        int error = Marshal.GetLastPInvokeError();
        if (handle.IsInvalid || Libc.Seek(handle, 0, FromEnd) < 0)
        {
            error = handle.IsInvalid ? error : Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw Unreadable(error);
        }

        return new KernelLog(handle, prefix);
    }

    /// <summary>
    /// Why rules of this namespace do not reach the log; null where they do. Netfilter logs from the machine's first
    /// network namespace, and from others where nf_log_all_netns is set, which only the first one shows
    /// (net/netfilter/nf_log.c).
    /// </summary>
    public static string? Obstacle(string? namespaceSpec)
    {
        if (NetworkNamespace.Within(namespaceSpec, static () => NamespaceFile.Exists(Setting)))
        {
            return null;
        }

        string? set = NetworkNamespace.Within(place: null, ReadSetting) ?? ReadFirst();
        return set switch
        {
            "1" => null,
            null => "the kernel logs packets of the machine's first network namespace only, unless "
                + "net.netfilter.nf_log_all_netns is set there, which cannot be seen from here",
            _ => $"the kernel does not log packets of network namespaces like this one: "
                + $"net.netfilter.nf_log_all_netns is {set}",
        };
    }

    public MarkedPacket? TryRead(int milliseconds)
    {
        long start = Stopwatch.GetTimestamp();

        // A log that is written to without end is no reason to come back late.
        while (PolledReader.Wait(_handle, start, milliseconds))
        {
            if (Stopwatch.GetElapsedTime(start).TotalMilliseconds > milliseconds)
            {
                return null;
            }

            nint length = Libc.Read(_handle, _buffer, RecordLength);
            int error = Marshal.GetLastPInvokeError();
            if (length < 0)
            {
                switch (error)
                {
                    case Errno.BrokenPipe:
                        // The ring went round before this was read; the next read gives the oldest that is there.
                        Lost++;
                        continue;
                    case Errno.Again or Errno.Interrupted:
                        continue;
                    default:
                        throw Unreadable(error);
                }
            }

            // Programs may write to the log as well, though not as the kernel.
            if (KernelLogRecord.Parse(Encoding.UTF8.GetString(_buffer, 0, (int)length)) is { Facility: 0 } record
                && LogLine.Parse(record.Message, _prefix) is { } packet)
            {
                return packet with { Time = DateTime.UtcNow };
            }
        }

        return null;
    }

    public void Dispose() => _handle.Dispose();

    private static string? ReadFirst()
    {
        try
        {
            return NetworkNamespace.Within(First, ReadSetting);
        }
        catch (NodeException)
        {
            return null;
        }
    }

    private static string? ReadSetting()
    {
        try
        {
            return NamespaceFile.Exists(Setting) ? NamespaceFile.ReadAllText(Setting).Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static NodeException Unreadable(int error) => new(
        NodeErrorId.KernelLogUnreadable,
        Errno.IsPermission(error) ? NodeFailure.Permission
            : error == Errno.NoEntry ? NodeFailure.NotFound : NodeFailure.Failed, Device,
        $"The kernel's log {Device} cannot be read: {Errno.Describe(error)}.",
        "Run as root, in a container with CAP_SYSLOG and /dev/kmsg, or watch with -Method Trace.");
}
