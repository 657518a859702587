using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Templates;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Walking;

/// <summary>
/// Finds every checksum of a frame and the bytes it covers, from the link layer through any nesting of tunnels;
/// then has them judged. The one walker of all cmdlets.
/// </summary>
/// <remarks>
/// Not thread-safe; allocates nothing per frame. Reads only captured bytes: each step checks them before it looks.
/// "End" is always the logical end that the headers give, which may lie behind what was captured.
/// </remarks>
internal sealed unsafe partial class FrameWalker
{
    /// <summary>Of tunnels in one frame; the kernel itself stops at 8 (xmit recursion) and fewer.</summary>
    private const int MaxDepth = 16;

    /// <summary>Of headers that call the walk again: bridged Ethernet, AH, metadata.</summary>
    private const int MaxShims = 64;

    private readonly TunnelPorts _ports;
    private readonly LayerScope[] _scopeArray = GC.AllocateArray<LayerScope>(FrameVerdict.MaxLayers, pinned: true);
    private readonly LayerScope* _scopes;
    private readonly FrameVerdict _verdict = new();
    private byte* _p;
    private int _captured;
    private int _depth;
    private int _lastScopedLayer;

    /// <summary>An IP header of this frame begins a fragment: what it carries goes on in other frames.</summary>
    private bool _inFragment;
    private bool _tooDeep;

    /// <summary>Something is carried that is not opened here, so that what checksums it has are not known.</summary>
    private bool _unopened;
    private int _shims;

    public FrameWalker(TunnelPorts ports)
    {
        _ports = ports;
        _scopes = (LayerScope*)Unsafe.AsPointer(ref _scopeArray[0]);
    }

    /// <summary>What the walk knows of a layer and the judge needs.</summary>
    private struct LayerScope
    {
        /// <summary>First covered byte and the one behind the last, from the start of the frame.</summary>
        public int Start, End;

        /// <summary>Raw sum of the pseudo-header; 0 for protocols without.</summary>
        public ushort Pseudo;
        public ScopeKind Kind;
        public bool Fragment, BadLength;
    }

    private enum ScopeKind : byte
    {
        /// <summary>Judged during the walk: an IPv4 header, or a layer whose field was not captured.</summary>
        Done,
        OnesComplement,
        /// <summary>Has a pseudo-header: the kernel leaves a seed here for the device.</summary>
        Seedable,
        Crc32C,
    }

    /// <summary>Walks a frame as a reader delivers it. The verdict is overwritten by the next call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FrameVerdict Walk(in CapturedFrame frame) =>
    Walk(frame.Data, frame.CapturedLength, frame.WireLength, frame.Interface.LinkType);

    /// <summary>Walks one frame. The verdict is overwritten by the next call.</summary>
    /// <param name="frame">First byte of the link-layer header.</param>
    /// <param name="captured">Readable bytes at <paramref name="frame"/>.</param>
    /// <param name="wire">Length on the wire, as the capture says.</param>
    /// <param name="link">What the frame begins with.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public FrameVerdict Walk(byte* frame, int captured, uint wire, LinkType link)
    {
        FrameVerdict v = _verdict;
        if (link == LinkType.Ethernet && ShortCut && TryCommon(frame, captured, wire))
        {
            return v;
        }

        v.Frame = _p = frame;
        v.Shape = FrameShape.Any;
        v.LayerCount = 0;
        v.AddressCount = 0;
        v.Tunnel = TunnelType.None;
        v.Vni = -1;
        v.TunnelAddress = -1;
        v.TunnelSourcePort = 0;
        v.TunnelDestinationPort = 0;
        v.HasPorts = false;
        _captured = captured;
        _depth = 0;
        _lastScopedLayer = -1;
        _inFragment = false;
        _tooDeep = false;
        _unopened = false;
        _shims = 0;

        // A frame cannot be shorter on the wire than in the capture; some writers leave the wire length at zero.
        int end = (int)Math.Min(Math.Max(wire, (uint)captured), int.MaxValue / 2);
        bool known = true;
        if (link == LinkType.Ethernet)
        {
            Ethernet(0, end);
        }
        else
        {
            known = OtherLink(link, end);
        }

        if (_lastScopedLayer >= 0)
        {
            Judge();
        }

        Conclude(known && !_tooDeep && !(_unopened && !IsCovered()));
        return v;
    }

    /// <summary>A tunnel's own checksum covers what it carries, opened or not.</summary>
    private bool IsCovered()
    {
        for (int i = 0; i < _verdict.LayerCount; i++)
        {
            if ((_verdict.Layers[i].Flags & LayerFlags.Tunnel) != 0
                && _verdict.Layers[i].Status == ChecksumStatus.Good)
            {
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ushort U16(int at) => BinaryPrimitives.ReverseEndianness(*(ushort*)(_p + at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint U32(int at) => BinaryPrimitives.ReverseEndianness(*(uint*)(_p + at));

    /// <summary>Appends a layer; null when the frame nests deeper than is walked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private LayerRecord* Add(ChecksumProtocol protocol, int fieldOffset, int start, int end, ushort pseudo,
        ScopeKind kind, bool fragment)
    {
        int i = _verdict.LayerCount;
        if (i == FrameVerdict.MaxLayers)
        {
            return null;
        }

        LayerRecord* layer = _verdict.Layers + i;
        *layer = default;
        layer->Protocol = protocol;
        layer->Depth = (byte)_depth;
        layer->AddressIndex = (byte)(_verdict.AddressCount - 1);
        layer->Offset = fieldOffset;
        layer->Length = end - start;
        LayerScope* scope = _scopes + i;
        scope->Start = start;
        scope->End = end;
        scope->Pseudo = pseudo;
        scope->Kind = kind;
        scope->Fragment = fragment;
        scope->BadLength = false;
        if (kind != ScopeKind.Done)
        {
            _lastScopedLayer = i;
        }

        _verdict.LayerCount = i + 1;
        return layer;
    }

    /// <summary>A layer that is there by its protocol number, but whose checksum field is not in the capture.</summary>
    private void AddUnseen(ChecksumProtocol protocol, int fieldOffset, int start, int end, LayerReason reason)
    {
        LayerRecord* layer = Add(protocol, fieldOffset, start, end, 0, ScopeKind.Done, fragment: false);
        if (layer != null)
        {
            layer->Status = ChecksumStatus.Unverified;
            layer->Reason = reason;
            if (protocol == ChecksumProtocol.IPv4)
            {
                // Its addresses are not there either, and those of the packet around it are not its own.
                layer->AddressIndex = LayerRecord.NoAddress;
            }
        }
    }

    /// <summary>False, and the packet said to be unverified, when the frame nests deeper than is walked.</summary>
    private bool MayEnterTunnel() => _depth < MaxDepth || TooDeep();

    /// <summary>The same for headers that are no tunnel but may repeat, so that a long frame of them cannot exhaust the
    /// stack.</summary>
    private bool MayEnterShim() => _shims++ < MaxShims || TooDeep();

    private bool TooDeep()
    {
        _tooDeep = true;
        if (_verdict.LayerCount > 0)
        {
            _verdict.Layers[_verdict.LayerCount - 1].Reason = LayerReason.TooDeep;
        }

        return false;
    }

    /// <summary>Remembers a tunnel if it is the first, or the first over UDP: that is the one people ask
    /// about.</summary>
    private void EnterTunnel(TunnelType type, int vni, int address, ushort sourcePort, ushort destinationPort)
    {
        FrameVerdict v = _verdict;
        if (v.Tunnel == TunnelType.None || (destinationPort != 0 && v.TunnelDestinationPort == 0))
        {
            v.Tunnel = type;
            v.Vni = vni;
            v.TunnelAddress = address;
            v.TunnelSourcePort = sourcePort;
            v.TunnelDestinationPort = destinationPort;
        }

        _depth++;
        v.HasPorts = false;
    }
}
