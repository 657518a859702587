using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using VxlanCsum.Captures.Templates;

namespace VxlanCsum.Causes;

/// <summary>What tells a common frame from others but for its length and content: its addresses, ports, VNI and
/// TTL.</summary>
internal readonly unsafe struct PlainFrame
{
    /// <summary>Bytes of a frame in a tunnel that are looked at.</summary>
    public const int Tunnelled = CommonFrame.InnerTransport + 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PlainFrame(byte* frame, FrameShape shape)
    {
        byte* ip = frame + (shape.IsTunnel() ? CommonFrame.InnerIp : CommonFrame.Ip);
        Length = CommonFrame.TransportLength(ip);
        Hosts = CommonFrame.Hosts(ip);
        Ports = CommonFrame.Ports(ip);
        Kind = (uint)shape;
        if (shape.IsTunnel())
        {
            OuterHosts = CommonFrame.Hosts(frame + CommonFrame.Ip);
            Kind |= (uint)frame[CommonFrame.Ip + CommonFrame.Ttl] << 8;
            Tunnel = (ulong)*(uint*)(frame + CommonFrame.Transport + CommonFrame.UdpSize + 4) << 32
                | CommonFrame.Ports(frame + CommonFrame.Ip);
        }
    }

    /// <summary>Bytes that the innermost transport checksum covers.</summary>
    public int Length { get; }

    /// <summary>The innermost addresses and ports.</summary>
    public ulong Hosts { get; init; }
    public uint Ports { get; init; }

    /// <summary>Shape and outer TTL.</summary>
    public uint Kind { get; }

    /// <summary>The outer addresses, and the outer ports and the VNI; 0 where there is no tunnel.</summary>
    public ulong OuterHosts { get; }
    public ulong Tunnel { get; init; }

    public ulong Hash => HashOf(Hosts != 0 ? Hosts : OuterHosts, Ports);

    public FrameShape Shape => (FrameShape)(byte)Kind;

    /// <summary>The address that the outermost packet comes from, as it stands in memory.</summary>
    public static uint Source(byte* frame) => *(uint*)(frame + CommonFrame.Ip + CommonFrame.Addresses);

    /// <summary>Of the tunnel; 0 where there is none.</summary>
    public ushort SourcePort(byte* frame) =>
        Shape.IsTunnel() ? CommonFrame.U16At(frame + CommonFrame.Transport) : (ushort)0;

    /// <summary>The innermost flow.</summary>
    public FlowKey Flow => FlowOf(Hosts, Ports, Shape);

    public static FlowKey FlowOf(ulong hosts, uint ports, FrameShape shape) => new(
        HostId.From((uint)(hosts & uint.MaxValue)), HostId.From((uint)(hosts >> 32)),
        BinaryPrimitives.ReverseEndianness((ushort)ports), BinaryPrimitives.ReverseEndianness((ushort)(ports >> 16)),
        shape.IsTcp() ? ChecksumProtocol.Tcp : ChecksumProtocol.Udp);

    /// <summary>The same of all flows of its tunnel and direction; outside of tunnels, of its source.</summary>
    public PlainFrame WithoutFlow => this with
    {
        Hosts = OuterHosts == 0 ? Hosts & uint.MaxValue : 0,
        Ports = 0,
        Tunnel = Tunnel & ~0xffffUL,
    };

    /// <summary>The hash of a frame that is not walked yet, if it is in a tunnel and a common one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Guess(byte* frame) =>
        HashOf(CommonFrame.Hosts(frame + CommonFrame.InnerIp), CommonFrame.Ports(frame + CommonFrame.InnerIp));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong HashOf(ulong hosts, uint ports) =>
        ((hosts * 0x9e3779b97f4a7c15) ^ ((ulong)ports << 17)) * 0xd6e8feb86659fd93;
}

/// <summary>Counts common frames that are alike.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct PlainCell
{
    public ulong Hosts, OuterHosts, Tunnel;
    public uint Ports, Kind;

    /// <summary>The stretch of the thread in which what follows was counted; the part and flow that it is of.</summary>
    public int Stretch, Part, Flow;

    /// <summary>The number of the direction to the thread.</summary>
    public int Direction;

    /// <summary>Another cell of the same flow and stretch; -1 where there is none.</summary>
    public int Next;

    /// <summary>Packets like the one that it was made for, and those of them that may have been merged on arrival.</summary>
    public uint Packets, Long;
    public bool IsUsed, HasData, IsNoted;

    public readonly FrameShape Shape => (FrameShape)(byte)Kind;

    /// <summary>Begins to count in another stretch.</summary>
    public void Begin(int stretch, int part, int next)
    {
        (Stretch, Part, Next) = (stretch, part, next);
        Packets = Long = 0;
        HasData = IsNoted = false;
    }

    /// <summary>It is in a tunnel, and passed a router by its TTL.</summary>
    public readonly bool IsRouted => Observation.IsRoutedTtl((byte)(Kind >> 8));

    /// <summary>Counts one more; true where it has to be noted.</summary>
    /// <param name="length">Bytes that its innermost transport checksum covers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Count(int length)
    {
        Packets++;
        Long += length > DirectionSums.LongestUnmerged ? 1u : 0;
        HasData |= length > FlowTrace.LongestTcpHeader;
        return !IsNoted;
    }

    /// <summary>It counts frames like this one: an unused one has no <see cref="Kind"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Is(PlainFrame frame) => ((Hosts ^ frame.Hosts) | (OuterHosts ^ frame.OuterHosts)
        | (Tunnel ^ frame.Tunnel) | (Ports ^ frame.Ports) | (Kind ^ frame.Kind)) == 0;
}

/// <summary>A hash table of <see cref="PlainCell"/>, with nothing but what counting packets needs.</summary>
internal sealed unsafe class PlainCells
{
    private const int Smallest = 1 << 10, CacheLine = 64;

    /// <summary>Pinned, so that each cell stays in one cache line.</summary>
    private byte[] _memory = [];
    private PlainCell* _cells;
    private int _mask, _used;

    public PlainCells() => Allocate(Smallest);

    public PlainCell* At(int index) => _cells + index;

    public ReadOnlySpan<PlainCell> All => new(_cells, _mask + 1);

    /// <summary>So few are hardly worth the room that it takes.</summary>
    public bool IsLargeFor(int cells) => _mask >= Smallest && cells <= _mask / 16;

    /// <summary>It has to grow before one is added.</summary>
    public bool IsCrowded => _used > _mask / 2;

    /// <summary>Where a frame would be found first. The processor fetches it meanwhile: walking the frame takes as
    /// long.</summary>
    /// <param name="hash">Of the frame, as far as is known.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PlainCell* Fetch(ulong hash)
    {
        PlainCell* cell = _cells + ((int)(hash >> 40) & _mask);
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(cell);
        }

        return cell;
    }

    /// <summary>The cell of frames like this one, or an unused one where it would be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PlainCell* Find(PlainFrame frame)
    {
        int at = (int)(frame.Hash >> 40) & _mask;
        PlainCell* cell = _cells + at;
        while (!cell->Is(frame) && cell->IsUsed)
        {
            at = (at + 1) & _mask;
            cell = _cells + at;
        }

        return cell;
    }

    /// <summary>Has the cell where frames like this one are counted, or would be, count them anew.</summary>
    /// <param name="cell">It, of <see cref="Find"/>.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="flow">Its flow.</param>
    /// <param name="direction">The number of its direction to the thread.</param>
    public void Set(PlainCell* cell, PlainFrame frame, int flow, int direction)
    {
        _used += cell->IsUsed ? 0 : 1;
        *cell = new PlainCell
        {
            Hosts = frame.Hosts,
            OuterHosts = frame.OuterHosts,
            Tunnel = frame.Tunnel,
            Ports = frame.Ports,
            Kind = frame.Kind,
            Flow = flow,
            Direction = direction,
            IsUsed = true,
        };
    }

    public int IndexOf(PlainCell* cell) => (int)(cell - _cells);

    /// <summary>Empties it; a large one becomes small, and near the processor, again.</summary>
    public void Clear()
    {
        if (_mask >= Smallest)
        {
            Allocate(Smallest);
        }
        else if (_used > 0)
        {
            new Span<PlainCell>(_cells, _mask + 1).Clear();
            _used = 0;
        }
    }

    /// <summary>Makes room; all cells are gone.</summary>
    public void Grow() => Allocate(2 * (_mask + 1));

    private void Allocate(int cells)
    {
        _memory = GC.AllocateArray<byte>((cells * sizeof(PlainCell)) + CacheLine, pinned: true);
        nint start = (nint)Unsafe.AsPointer(ref _memory[0]);
        _cells = (PlainCell*)((start + CacheLine - 1) & -CacheLine);
        _mask = cells - 1;
        _used = 0;
    }
}
