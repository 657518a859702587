using System.Runtime.InteropServices;
using VxlanCsum.Captures.Walking;

namespace VxlanCsum.Verdicts;

/// <summary>One checksum of a frame as the walker finds it and the judge completes it: 32 bytes, no
/// references.</summary>
/// <remarks>Found, Expected and Completed are in header order (what people read), not raw.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct LayerRecord
{
    /// <summary>As <see cref="AddressIndex"/>: the IP header was cut.</summary>
    public const byte NoAddress = byte.MaxValue;

    public ChecksumProtocol Protocol;
    public ChecksumStatus Status;
    public LayerReason Reason;
    public byte Depth;

    /// <summary>Which IP header of the frame carries this layer; its index in
    /// <see cref="FrameVerdict.Addresses"/>.</summary>
    public byte AddressIndex;
    public LayerFlags Flags;
    public ushort SourcePort;
    public ushort DestinationPort;

    /// <summary>For outer layers: the checksum that is right once every unfinished inner one is completed.</summary>
    public ushort Completed;

    /// <summary>Of the checksum field, in bytes from the start of the frame.</summary>
    public int Offset;

    /// <summary>Covered bytes, as the headers say (not as captured).</summary>
    public int Length;
    public uint Found;
    public uint Expected;
}

[Flags]
internal enum LayerFlags : byte
{
    None = 0,
    HasFound = 1,
    HasExpected = 2,
    HasCompleted = 4,

    /// <summary>A UDP layer that carries a tunnel.</summary>
    Tunnel = 8,
    HasPorts = 16,

    /// <summary>An unfinished checksum that is right under local checksum offload.</summary>
    Lco = 32,

    /// <summary>A super-packet: longer than one wire packet can be; segmentation is still to come.</summary>
    Segmentation = 64,
}

/// <summary>Why a layer has its status, where the status alone does not say.</summary>
internal enum LayerReason : byte
{
    None = 0,
    Seed,
    Lco,
    ZeroAllowed,
    ZeroTunnelIPv6,
    ZeroForbidden,
    ZeroHeaderOffload,
    Fragment,
    Truncated,
    BadLength,
    BeyondCapture,
    SctpZero,
    SctpAdler,
    NatZero,
    NatLocal,
    Mismatch,
    TooDeep,
    SeedByAgreement,
    AddressUnknown,
    LengthUnknown,
    InnerUnknown,
    NoVerdict,
    NotChecked,
    Unremarked,
    LargeSend,
    NeverFilled,
    NotOpened,
}
