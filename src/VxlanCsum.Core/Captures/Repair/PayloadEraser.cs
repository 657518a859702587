using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Repair;

/// <summary>
/// Takes out of frames what people said to each other, and leaves every checksum as right or wrong as it was: the
/// innermost
/// payload becomes zeros but for one word, which holds their former sum.
/// </summary>
internal sealed unsafe class PayloadEraser(TunnelPorts ports)
{
    private const int EthernetHeader = 14, VxlanHeader = 8, MostTcpHeaders = 60;

    private readonly FrameWalker _walker = new(ports);
    private readonly FrameCopy _copy = new();

    /// <summary>The frame without its payload; valid until the next one is asked for.</summary>
    public CapturedFrame Erase(in CapturedFrame frame)
    {
        CapturedFrame erased = _copy.Of(in frame);
        var copy = new Span<byte>(erased.Data, erased.CapturedLength);
        FrameVerdict verdict = _walker.Walk(in frame);
        int keep = frame.CapturedLength;
        if (Payload(verdict, copy) is { } payload)
        {
            Zero(copy[payload.Start..payload.End]);
        }
        else
        {
            // What it holds is not known, and no checksum of it is: its headers are enough.
            int known = verdict.AddressCount == 0 ? EthernetHeader
                : verdict.Addresses[verdict.AddressCount - 1].Offset
                    + (2 * verdict.Addresses[verdict.AddressCount - 1].Size);
            keep = Math.Min(keep, known);
        }

        return erased with { CapturedLength = keep, Comment = null };
    }

    /// <summary>Where the innermost payload stands; null where no header says.</summary>
    private static (int Start, int End)? Payload(FrameVerdict verdict, ReadOnlySpan<byte> frame)
    {
        for (int i = verdict.LayerCount - 1; i >= 0; i--)
        {
            ref readonly LayerRecord layer = ref verdict.Layers[i];
            int header = layer.Protocol switch
            {
                ChecksumProtocol.Udp or ChecksumProtocol.UdpLite => layer.Offset - 6,
                ChecksumProtocol.Tcp => layer.Offset - 16,
                ChecksumProtocol.Icmp or ChecksumProtocol.IcmpV6 => layer.Offset - 2,
                _ => -1,
            };
            if (header < 0)
            {
                continue;
            }

            // A tunnel with nothing known inside keeps its own header and the Ethernet header behind it.
            int length = layer.Protocol != ChecksumProtocol.Tcp ? 8
                : header + 12 < frame.Length ? Math.Clamp((frame[header + 12] >> 4) * 4, 20, MostTcpHeaders)
                    : MostTcpHeaders;
            length += (layer.Flags & LayerFlags.Tunnel) != 0 ? VxlanHeader + EthernetHeader : 0;
            int start = Math.Min(header + length, frame.Length);
            return (start, Math.Clamp(header + layer.Length, start, frame.Length));
        }

        return null;
    }

    /// <summary>Headers have even lengths, so that the words of the payload are those of the segment.</summary>
    private static void Zero(Span<byte> payload)
    {
        ushort sum = OnesComplement.Sum(payload);
        payload.Clear();
        if (payload.Length > 1)
        {
            payload[0] = (byte)(sum >> 8);
            payload[1] = (byte)sum;
        }
        else if (payload.Length == 1)
        {
            payload[0] = (byte)(sum >> 8);
        }
    }
}
