using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Node.Pcap;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Commands;

/// <summary>Read-PcapChecksum: one <see cref="PacketChecksum"/> for each packet of a capture.</summary>
/// <remarks>All selections are made before an object exists: what is not asked for costs no pipeline.</remarks>
[Cmdlet(VerbsCommunications.Read, "PcapChecksum", DefaultParameterSetName = PathSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(PacketChecksum))]
public sealed class ReadPcapChecksumCommand : CaptureCommand
{
    private FrameWalker _walker = null!;
    private int _statuses, _protocols;
    private HashSet<int>? _vnis;
    private long _skipped, _written;

    /// <summary>Only packets with one of these statuses.</summary>
    [Parameter]
    public ChecksumStatus[]? Status { get; set; }

    /// <summary>Only packets with a checksum of one of these protocols, at any depth.</summary>
    [Parameter]
    public ChecksumProtocol[]? Protocol { get; set; }

    /// <summary>Only packets of these tunnel networks.</summary>
    [Parameter]
    [ValidateRange(0, 0xffffff)]
    public int[]? Vni { get; set; }

    /// <summary>End after this many packets, over all captures.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long First { get; set; } = long.MaxValue;

    /// <summary>Leave out this many packets first, over all captures.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long Skip { get; set; }

    /// <summary>Add the packet as PacketDotNet decodes it.</summary>
    [Parameter]
    public SwitchParameter IncludePacket { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _walker = new FrameWalker(Ports) { ShapesSuffice = true };
        _statuses = Mask(Status);
        _protocols = Mask(Protocol);
        _vnis = Vni is null ? null : [.. Vni];
    }

    private protected override void ProcessCapture(string path)
    {
        if (_written >= First)
        {
            return;
        }

        foreach (CapturedFrame frame in ReadFrames(path))
        {
            if (!TryWalk(in frame, out FrameVerdict verdict))
            {
                continue;
            }

            if (_skipped < Skip)
            {
                _skipped++;
                continue;
            }

            WriteObject(ToPacket(in frame, verdict));
            if (++_written >= First)
            {
                return;
            }
        }
    }

    private bool TryWalk(in CapturedFrame frame, out FrameVerdict verdict)
    {
        verdict = _walker.Walk(in frame);
        return (_statuses & (1 << (int)verdict.Status)) != 0
            && (_vnis is null || _vnis.Contains(verdict.Vni))
            && (_protocols == -1 || HasProtocol(verdict));
    }

    private bool HasProtocol(FrameVerdict verdict)
    {
        foreach (ref readonly LayerRecord layer in verdict.ShapedLayers)
        {
            if ((_protocols & (1 << (int)layer.Protocol)) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private unsafe PacketChecksum ToPacket(in CapturedFrame frame, FrameVerdict verdict)
    {
        PacketChecksum packet = PacketChecksum.From(in frame, verdict);
        if (IncludePacket)
        {
            packet.Packet = PacketDecoder.Decode(frame.Interface.LinkType,
                new ReadOnlySpan<byte>(frame.Data, frame.CapturedLength).ToArray());
        }

        return packet;
    }

    private static int Mask<T>(T[]? values)
        where T : struct, Enum =>
        values is null ? -1
            : values.Aggregate(0,
                (mask, value) => mask
                    | (1 << Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)));
}
