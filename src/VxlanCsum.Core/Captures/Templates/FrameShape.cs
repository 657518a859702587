namespace VxlanCsum.Captures.Templates;

/// <summary>The frames that the walker's short cut knows; all their checksums are right, or a zero that is
/// allowed.</summary>
internal enum FrameShape : byte
{
    /// <summary>None of them.</summary>
    Any = 0,
    Tcp,
    Udp,
    VxlanTcp,
    VxlanUdp,

    /// <summary>The same with an outer UDP checksum of zero.</summary>
    VxlanTcpNoChecksum,
    VxlanUdpNoChecksum,
}

/// <summary>What the shapes tell.</summary>
internal static class FrameShapes
{
    /// <summary>Of all values.</summary>
    public const int Count = 7;

    public static FrameShape Of(bool tcp) => tcp ? FrameShape.Tcp : FrameShape.Udp;

    public static FrameShape OfVxlan(bool tcp, bool hasOuterChecksum) => tcp
        ? hasOuterChecksum ? FrameShape.VxlanTcp : FrameShape.VxlanTcpNoChecksum
        : hasOuterChecksum ? FrameShape.VxlanUdp : FrameShape.VxlanUdpNoChecksum;

    public static bool IsTunnel(this FrameShape shape) => shape > FrameShape.Udp;

    /// <summary>The tunnel's UDP checksum is zero.</summary>
    public static bool LacksOuterChecksum(this FrameShape shape) => shape > FrameShape.VxlanUdp;

    /// <summary>Innermost; else it is UDP.</summary>
    public static bool IsTcp(this FrameShape shape) =>
        shape is FrameShape.Tcp or FrameShape.VxlanTcp or FrameShape.VxlanTcpNoChecksum;

    /// <summary>Layers with a checksum.</summary>
    public static int LayerCount(this FrameShape shape) =>
        shape == FrameShape.Any ? 0 : shape.IsTunnel() ? FrameTemplates.LayersEach : 2;
}
