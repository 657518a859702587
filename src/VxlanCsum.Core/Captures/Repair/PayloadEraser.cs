using System.Buffers.Binary;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Repair;

/// <summary>
/// Takes out of frames what people said to each other, and leaves every checksum as right or wrong as it was: the
/// innermost payload becomes zeros but for one word, which holds their former sum.
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
            Erase(verdict, payload, copy);
        }
        else
        {
            // What it holds is not known, and no checksum of it is: its headers are enough.
            int known = verdict.AddressCount > 0
                ? verdict.Addresses[verdict.AddressCount - 1].Offset
                    + (2 * verdict.Addresses[verdict.AddressCount - 1].Size)
                : frame.Interface.LinkType == LinkType.Ethernet ? EthernetHeader : 0;
            keep = Math.Min(keep, known);
        }

        return erased with { CapturedLength = keep, Comment = null };
    }

    /// <summary>Where the innermost payload stands, by the index of its layer; null where no header says.</summary>
    private static (int Layer, int Start, int End)? Payload(FrameVerdict verdict, ReadOnlySpan<byte> frame)
    {
        for (int i = verdict.LayerCount - 1; i >= 0; i--)
        {
            ref readonly LayerRecord layer = ref verdict.Layers[i];
            int header = Header(in layer);
            if (header >= 0)
            {
                int start = Math.Max(header + HeaderLength(in layer, header, frame),
                    InnerHeaderEnd(verdict, header, frame));
                start = Math.Min(start, frame.Length);
                return (i, start, Math.Clamp(header + layer.Length, start, frame.Length));
            }
        }

        return null;
    }

    /// <summary>Where the header begins whose checksum counts what it carries; -1 for all others.</summary>
    private static int Header(ref readonly LayerRecord layer) => layer.Protocol switch
    {
        ChecksumProtocol.Udp or ChecksumProtocol.UdpLite => layer.Offset - 6,
        ChecksumProtocol.Tcp => layer.Offset - 16,
        ChecksumProtocol.Icmp or ChecksumProtocol.IcmpV6 => layer.Offset - 2,
        ChecksumProtocol.Gre => layer.Offset - 4,
        _ => -1,
    };

    /// <summary>Behind the innermost IP header, where it stands behind this one; else 0.</summary>
    private static int InnerHeaderEnd(FrameVerdict verdict, int header, ReadOnlySpan<byte> frame)
    {
        if (verdict.AddressCount == 0 || verdict.Addresses[verdict.AddressCount - 1] is var last
            && last.Offset < header)
        {
            return 0;
        }

        return last.Size == 4 ? last.Offset - 12 + ((frame[last.Offset - 12] & 15) * 4)
            : last.Offset + (2 * last.Size);
    }

    private static int HeaderLength(ref readonly LayerRecord layer, int header, ReadOnlySpan<byte> frame)
    {
        // Of a fragment but the first, all is payload; the first one of a protocol with ports shows them.
        if (layer.Reason == LayerReason.Fragment && (layer.Flags & LayerFlags.HasPorts) == 0)
        {
            return 0;
        }

        // A tunnel with nothing known inside keeps its own header and the Ethernet header behind it.
        int length = layer.Protocol != ChecksumProtocol.Tcp ? 8
            : header + 12 < frame.Length ? Math.Clamp((frame[header + 12] >> 4) * 4, 20, MostTcpHeaders)
                : MostTcpHeaders;
        return length + ((layer.Flags & LayerFlags.Tunnel) != 0 ? VxlanHeader + EthernetHeader : 0);
    }

    private static void Erase(FrameVerdict verdict, (int Layer, int Start, int End) payload, Span<byte> frame)
    {
        Span<byte> covered = frame[payload.Start..payload.End];
        if (covered.Length > sizeof(ushort))
        {
            Zero(covered);
        }
        else if (!covered.IsEmpty)
        {
            // Its sum is the payload itself: the checksum that covers it takes it up instead.
            Span<byte> word = stackalloc byte[sizeof(ushort)];
            word.Clear();
            covered.CopyTo(word);
            covered.Clear();
            TakeUp(verdict, payload.Layer, payload.Start, BinaryPrimitives.ReadUInt16BigEndian(word), frame);
        }

        // Behind an inner packet there may be more that an outer checksum counts, and behind that what none does.
        int done = payload.End;
        for (int i = payload.Layer - 1; i >= 0; i--)
        {
            ref readonly LayerRecord layer = ref verdict.Layers[i];
            int header = Header(in layer), end = Math.Min(header + layer.Length, frame.Length);
            if (header >= 0 && end > done)
            {
                ushort sum = OnesComplement.Sum(frame[done..end]);
                frame[done..end].Clear();
                TakeUp(verdict, i, done, sum, frame);
                done = end;
            }
        }

        frame[done..].Clear();
    }

    /// <summary>
    /// Adds a word that is gone from the data at an offset to the innermost checksum that counts it, so that whatever
    /// was right or
    /// wrong by so much stays so, and the checksums around it as well. A seed and a field without checksum count none.
    /// </summary>
    private static void TakeUp(FrameVerdict verdict, int index, int at, ushort word, Span<byte> frame)
    {
        for (int i = index; i >= 0; i--)
        {
            ref readonly LayerRecord layer = ref verdict.Layers[i];
            // Local checksum offload leaves out what an unfinished checksum inside counts, and nothing else.
            bool unfinished = layer.Status == ChecksumStatus.Partial
                && !(i == index && layer.Reason == LayerReason.Lco);
            if (unfinished || layer.Status == ChecksumStatus.NotPresent || Header(in layer) < 0
                || layer.Offset + sizeof(ushort) > frame.Length)
            {
                continue;
            }

            bool odd = ((at - Header(in layer)) & 1) != 0;
            Span<byte> field = frame.Slice(layer.Offset, sizeof(ushort));
            int sum = BinaryPrimitives.ReadUInt16BigEndian(field)
                + (odd ? BinaryPrimitives.ReverseEndianness(word) : word);
            BinaryPrimitives.WriteUInt16BigEndian(field, (ushort)(sum > ushort.MaxValue ? sum + 1 : sum));
            return;
        }
    }

    /// <summary>Headers have even lengths, so that the words of the payload are those of the segment.</summary>
    private static void Zero(Span<byte> payload)
    {
        ushort sum = OnesComplement.Sum(payload);
        payload.Clear();
        payload[0] = (byte)(sum >> 8);
        payload[1] = (byte)sum;
    }
}
