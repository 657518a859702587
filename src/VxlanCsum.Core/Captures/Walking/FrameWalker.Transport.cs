using System.Runtime.CompilerServices;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Walking;

/// <content>What IP carries: the layers with checksums, and the tunnels directly over IP.</content>
internal sealed unsafe partial class FrameWalker
{
    /// <param name="later">A fragment other than the first: there is no header here to read.</param>
    private void Transport(byte protocol, int at, int end, in NetworkContext context, bool later)
    {
        switch (protocol)
        {
            case 6:
                PortLayer(ChecksumProtocol.Tcp, 6, 16, at, end, end, in context, later);
                break;
            case 17:
                Udp(at, end, in context, later);
                break;
            case 1 when !context.IsIPv6:
                PlainLayer(ChecksumProtocol.Icmp, at, end, 0, ScopeKind.OnesComplement, in context, later);
                break;
            case 58 when context.IsIPv6:
                PlainLayer(ChecksumProtocol.IcmpV6, at, end, context.Pseudo(58, end - at), ScopeKind.Seedable,
                    in context, later);
                break;
            case 2 when !context.IsIPv6:
                PlainLayer(ChecksumProtocol.Igmp, at, end, 0, ScopeKind.OnesComplement, in context, later);
                break;
            case 132:
                Sctp(at, end, in context, later);
                break;
            case 136:
                UdpLite(at, end, in context, later);
                break;
            case 47 when !later:
                Gre(at, end, in context);
                break;
            case 51 when !context.IsIPv6 && !later && at + 12 <= _captured && MayEnterShim():
                // AH (RFC 4302): the length counts 32-bit words minus two, in IPv4 as in IPv6.
                Transport(_p[at], at + ((_p[at + 1] + 2) * 4), end, in context, later);
                break;
            case 4 or 41 when !later:
                IpTunnel(protocol == 41, at, end, in context);
                break;
        }
    }

    private void IpTunnel(bool innerIPv6, int at, int end, in NetworkContext context)
    {
        if (at >= Math.Min(_captured, end) || !MayEnterTunnel())
        {
            return;
        }

        EnterTunnel(
            context.IsIPv6 ? (innerIPv6 ? TunnelType.SixInSix : TunnelType.FourInSix)
                : (innerIPv6 ? TunnelType.SixInFour : TunnelType.IpIp),
            vni: -1,
            _verdict.AddressCount - 1,
            sourcePort: 0,
            destinationPort: 0);
        if (innerIPv6)
        {
            IPv6(at, end);
        }
        else
        {
            IPv4(at, end);
        }
    }

    /// <summary>A layer with ports, a 16-bit checksum and the usual pseudo-header.</summary>
    /// <param name="field">Of the checksum, from the start of the header.</param>
    /// <param name="coveredEnd">Behind the last covered byte.</param>
    /// <param name="end">Behind the last byte, which the pseudo-header counts.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private LayerRecord* PortLayer(
        ChecksumProtocol protocol, byte number, int field, int at, int coveredEnd, int end, in NetworkContext context,
        bool later)
    {
        if (later || at + field + 2 > _captured)
        {
            AddUnseen(protocol, at + field, at, coveredEnd, later ? LayerReason.Fragment : LayerReason.BeyondCapture);
            if (!later)
            {
                ReadPorts(at);
            }

            return null;
        }

        LayerRecord* layer = Add(protocol, at + field, at, coveredEnd, context.Pseudo(number, end - at),
            ScopeKind.Seedable, context.Fragment);
        if (layer != null)
        {
            _verdict.HasPorts = true;
            _verdict.SourcePort = layer->SourcePort = U16(at);
            _verdict.DestinationPort = layer->DestinationPort = U16(at + 2);
            layer->Found = U16(at + field);
            layer->Flags = LayerFlags.HasFound | LayerFlags.HasPorts;
            _scopes[_verdict.LayerCount - 1].BadLength = context.BadLength || coveredEnd < at + field + 2;
        }

        return layer;
    }

    private void ReadPorts(int at)
    {
        if (at + 4 <= _captured)
        {
            _verdict.HasPorts = true;
            _verdict.SourcePort = U16(at);
            _verdict.DestinationPort = U16(at + 2);
        }
    }

    private void Udp(int at, int end, in NetworkContext context, bool later)
    {
        bool badLength = context.BadLength;
        if (!later && at + 6 <= _captured)
        {
            int length = U16(at + 4);
            if (length == 0)
            {
                // Jumbograms (RFC 2675) and super-packets: the length comes from the IP layer or the frame.
                badLength |= !context.IsIPv6 && !context.Segmentation;
            }
            else if (length < 8 || at + length > end)
            {
                badLength = true;
            }
            else
            {
                // All that the checksum covers is here, whatever the IP header promised.
                end = at + length;
                badLength = false;
            }
        }

        LayerRecord* layer = PortLayer(ChecksumProtocol.Udp, 17, 6, at, end, end, in context, later);
        if (layer == null)
        {
            return;
        }

        _scopes[_verdict.LayerCount - 1].BadLength = badLength || end < at + 8;
        TunnelType tunnel = _ports[layer->DestinationPort];
        if (tunnel != TunnelType.None)
        {
            UdpTunnel(tunnel, layer, at + 8, end);
        }

        if (layer->Found == 0)
        {
            JudgeUdpZero(layer, context.IsIPv6, tunnel != TunnelType.None);
        }
    }

    private static void JudgeUdpZero(LayerRecord* layer, bool isIPv6, bool tunnelPort)
    {
        layer->Status = isIPv6 && !tunnelPort ? ChecksumStatus.Illegal : ChecksumStatus.NotPresent;
        layer->Reason = !isIPv6 ? LayerReason.ZeroAllowed
            : tunnelPort ? LayerReason.ZeroTunnelIPv6 : LayerReason.ZeroForbidden;
    }

    private void UdpLite(int at, int end, in NetworkContext context, bool later)
    {
        int coveredEnd = end;
        bool badLength = false;
        if (!later && at + 6 <= _captured)
        {
            int coverage = U16(at + 4);
            badLength = coverage is > 0 and < 8 || at + coverage > end;
            coveredEnd = coverage == 0 || badLength ? end : at + coverage;
        }

        LayerRecord* layer = PortLayer(ChecksumProtocol.UdpLite, 136, 6, at, coveredEnd, end, in context, later);
        if (layer == null)
        {
            return;
        }

        _scopes[_verdict.LayerCount - 1].BadLength |= badLength;
        if (layer->Found == 0)
        {
            // RFC 3828, 3.1: a UDP-Lite checksum is never absent.
            layer->Status = ChecksumStatus.Illegal;
            layer->Reason = LayerReason.ZeroForbidden;
        }
    }

    /// <summary>ICMP, ICMPv6, IGMP: the field is at byte 2, everything is covered.</summary>
    private void PlainLayer(ChecksumProtocol protocol, int at, int end, ushort pseudo, ScopeKind kind,
        in NetworkContext context, bool later)
    {
        if (later || at + 4 > _captured)
        {
            AddUnseen(protocol, at + 2, at, end, later ? LayerReason.Fragment : LayerReason.BeyondCapture);
            return;
        }

        LayerRecord* layer = Add(protocol, at + 2, at, end, pseudo, kind, context.Fragment);
        if (layer != null)
        {
            layer->Found = U16(at + 2);
            layer->Flags = LayerFlags.HasFound;
            _scopes[_verdict.LayerCount - 1].BadLength = context.BadLength || context.Segmentation || end < at + 4;
        }
    }

    private void Sctp(int at, int end, in NetworkContext context, bool later)
    {
        if (later || at + 12 > _captured)
        {
            AddUnseen(ChecksumProtocol.Sctp, at + 8, at, end, later ? LayerReason.Fragment : LayerReason.BeyondCapture);
            return;
        }

        LayerRecord* layer = Add(ChecksumProtocol.Sctp, at + 8, at, end, 0, ScopeKind.Crc32C, context.Fragment);
        if (layer != null)
        {
            ReadPorts(at);
            layer->SourcePort = U16(at);
            layer->DestinationPort = U16(at + 2);
            layer->Found = U32(at + 8);
            layer->Flags = LayerFlags.HasFound | LayerFlags.HasPorts;
            _scopes[_verdict.LayerCount - 1].BadLength = context.BadLength || context.Segmentation || end < at + 12;
        }
    }
}
