using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Drops;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Drops;

/// <summary>
/// The program at skb:kfree_skb, its maps and its rings. All of it goes with its descriptors, and these with the
/// process: nothing is pinned, and nothing stays loaded after a kill.
/// </summary>
internal sealed class KernelDrops : IDisposable
{
    /// <summary>As `bpftool prog` shows it.</summary>
    public const string ProgramName = "vxlancsum_drops";

    private const string TypesFile = "/sys/kernel/btf/vmlinux", OnlineFile = "/sys/devices/system/cpu/online";

    /// <summary>Enough for a second of 10,000 drops of usual length on one processor, and not much on a
    /// hundred.</summary>
    private const int MostRing = 4 << 20, LeastRing = 64 << 10, AllRings = 32 << 20;

    private const int LogLength = 64 * 1024;

    private readonly List<PerfRing> _rings = [];
    private readonly DescriptorHandle _counters, _map;
    private DescriptorHandle? _program, _attached;

    private KernelDrops(DropLayout layout, DescriptorHandle counters, DescriptorHandle map) =>
        (Layout, _counters, _map) = (layout, counters, map);

    /// <summary>What was read of this kernel.</summary>
    public DropLayout Layout { get; }

    public IReadOnlyList<PerfRing> Rings => _rings;

    /// <summary>Drops that the program picked so far.</summary>
    public long Matched => (long)(BpfCalls.Counter(_counters, DropProgram.MatchedCounter) ?? 0);

    /// <summary>Those of them for which there was no room, because they were not fetched in time.</summary>
    public long Missed => (long)(BpfCalls.Counter(_counters, DropProgram.MissedCounter) ?? 0);

    /// <summary>Reads what the kernel says of itself.</summary>
    /// <exception cref="NodeException">It does not.</exception>
    public static DropLayout ReadLayout()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new NodeException(NodeErrorId.NotLinux, NodeFailure.Unsupported, "kfree_skb",
                "Watching dropped packets needs Linux.", "Run the cmdlet on the node itself.");
        }

        try
        {
            return DropLayout.Read(BtfTypes.Parse(File.ReadAllBytes(TypesFile)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw DropErrors.Unsupported(
                $"This kernel does not describe its types: there is no {TypesFile}. Kernels have it from 5.5 on, "
                + $"built with CONFIG_DEBUG_INFO_BTF.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw DropErrors.Permission(e);
        }
        catch (FormatException e)
        {
            throw DropErrors.Unsupported($"{TypesFile} cannot be used: {e.Message}.", e);
        }
    }

    /// <summary>Loads and attaches.</summary>
    /// <exception cref="NodeException">The kernel refuses.</exception>
    public static KernelDrops Open(DropLayout layout, DropProgram program)
    {
        int[] processors = Processors();
        DescriptorHandle counters = Made(static () => BpfCalls.CreateCounters(DropProgram.Counters)),
            map = Made(() => BpfCalls.CreateRings(processors[^1] + 1));
        var drops = new KernelDrops(layout, counters, map);
        try
        {
            drops.OpenRings(processors);
            drops.Load(program.Assemble(map.Number, counters.Number));
            return drops;
        }
        catch
        {
            drops.Dispose();
            throw;
        }
    }

    /// <summary>No more drops are picked; what is in the rings stays to be read.</summary>
    public void Detach() => _attached?.Dispose();

    /// <summary>Waits until a ring is filling, or the time is over.</summary>
    public void Wait(int milliseconds)
    {
        const short Readable = 1;
        var polled = new Libc.Polled[_rings.Count];
        for (int i = 0; i < polled.Length; i++)
        {
            polled[i] = new Libc.Polled { Descriptor = _rings[i].Descriptor, Wanted = Readable };
        }

        _ = Libc.Poll(ref polled[0], (nuint)polled.Length, milliseconds);
    }

    public void Dispose()
    {
        _attached?.Dispose();
        _program?.Dispose();
        _rings.ForEach(static r => r.Dispose());
        _map.Dispose();
        _counters.Dispose();
    }

    /// <summary>The numbers of the processors that run, such as "0-3,6".</summary>
    private static int[] Processors()
    {
        try
        {
            return [.. File.ReadAllText(OnlineFile).Trim().Split(',').Select(static r => r.Split('-'))
                .SelectMany(static r =>
            {
                int first = int.Parse(r[0], CultureInfo.InvariantCulture),
                    last = int.Parse(r[^1], CultureInfo.InvariantCulture);
                return Enumerable.Range(first, last - first + 1);
            })];
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or FormatException or OverflowException
                or ArgumentOutOfRangeException)
        {
            return [.. Enumerable.Range(0, Environment.ProcessorCount)];
        }
    }

    private void OpenRings(int[] processors)
    {
        int size = MostRing;
        while (size > LeastRing && (long)size * processors.Length > AllRings)
        {
            size /= 2;
        }

        foreach (int processor in processors)
        {
            PerfRing ring = PerfRing.Open(processor, size)
                ?? throw DropErrors.Refused("a ring for its records", Marshal.GetLastPInvokeError());
            _rings.Add(ring);
            if (!ring.Join(_map, processor))
            {
                throw DropErrors.Refused("a ring for its records", Marshal.GetLastPInvokeError());
            }
        }
    }

    private void Load(byte[] code)
    {
        _program = BpfCalls.LoadProgram(code, DropProgram.License, ProgramName, Layout.TracepointType, default);
        if (_program.IsInvalid)
        {
            int error = Marshal.GetLastPInvokeError();
            throw Errno.IsPermission(error) ? DropErrors.Permission(null)
                : DropErrors.Rejected(error, VerifierWords(code));
        }

        _attached = BpfCalls.Attach(_program);
        if (_attached.IsInvalid)
        {
            throw DropErrors.Refused("a program at its tracepoint kfree_skb", Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Asked for only when it refuses: writing them down takes long.</summary>
    private string VerifierWords(byte[] code)
    {
        byte[] log = new byte[LogLength];
        BpfCalls.LoadProgram(code, DropProgram.License, ProgramName, Layout.TracepointType, log).Dispose();
        string[] lines = Encoding.UTF8.GetString(log).TrimEnd('\0').Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return SafeText.Escape(string.Join(" / ", lines.TakeLast(3)), 600);
    }

    /// <summary>Before 5.11 maps count as locked memory, of which a shell has little.</summary>
    private static DescriptorHandle Made(Func<DescriptorHandle> make)
    {
        DescriptorHandle made = make();
        if (made.IsInvalid && Errno.IsPermission(Marshal.GetLastPInvokeError())
            && Libc.SetLimit(Libc.LockedMemory, [Libc.Unlimited, Libc.Unlimited]) == 0)
        {
            made = make();
        }

        int error = Marshal.GetLastPInvokeError();
        return !made.IsInvalid ? made
            : throw (Errno.IsPermission(error) ? DropErrors.Permission(null) : DropErrors.Refused("a BPF map", error));
    }
}
