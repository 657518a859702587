using VxlanCsum.Captures.Templates;

namespace VxlanCsum.Causes;

/// <summary>A right packet that may heal a flow, in a few bytes: where there are very many flows, each packet is
/// noted.</summary>
internal readonly struct NotedRight
{
    private readonly ulong _hosts;
    private readonly uint _ports, _source;
    private readonly ushort _sourcePort;
    private readonly FrameShape _shape;

    /// <summary>A common frame.</summary>
    /// <param name="frame">It.</param>
    /// <param name="source">The outermost address, as it stands in memory.</param>
    /// <param name="sourcePort">Of the tunnel.</param>
    public NotedRight(PlainFrame frame, uint source, ushort sourcePort)
    {
        (_hosts, _ports, _shape) = (frame.Hosts, frame.Ports, frame.Shape);
        (_source, _sourcePort) = (source, sourcePort);
    }

    /// <summary>Any other.</summary>
    /// <param name="index">Its place among those that are kept whole.</param>
    public NotedRight(int index) => _hosts = (ulong)index;

    /// <summary>Of its flow.</summary>
    public int Hash { get; init; }
    public long Frame { get; init; }
    public long Time { get; init; }

    /// <summary>The packet.</summary>
    /// <param name="others">Those that are kept whole.</param>
    public RightPacket Whole(IReadOnlyList<RightPacket> others) => _shape == FrameShape.Any
        ? others[(int)_hosts]
        : new RightPacket(PlainFrame.FlowOf(_hosts, _ports, _shape), HostId.From(_source), _sourcePort, Frame, Time);
}
