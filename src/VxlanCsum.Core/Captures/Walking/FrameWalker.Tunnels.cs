using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Walking;

/// <content>Tunnels over UDP, and GRE.</content>
internal sealed unsafe partial class FrameWalker
{
    private void UdpTunnel(TunnelType type, LayerRecord* udp, int at, int end)
    {
        if (at + 8 > _captured || at + 8 > end)
        {
            return;
        }

        int vni = (int)(U32(at + 4) >> 8);
        ushort protocol = EtherTypeBridge;
        int inner = at + 8;
        switch (type)
        {
            case TunnelType.Vxlan when (_p[at] & 0x08) == 0:
                // RFC 7348: without the I flag there is no VNI, and receivers must drop it.
                return;
            case TunnelType.VxlanGpe:
                // The P bit says that the next protocol field is in use; else Ethernet follows, as in VXLAN.
                protocol = (_p[at] & 0x04) == 0 ? EtherTypeBridge : GpeProtocol(_p[at + 3]);
                break;
            case TunnelType.Geneve when _p[at] >> 6 != 0:
                return;
            case TunnelType.Geneve:
                protocol = U16(at + 2);
                inner = at + 8 + ((_p[at] & 0x3f) * 4);
                break;
        }

        if (!MayEnterTunnel())
        {
            return;
        }

        udp->Flags |= LayerFlags.Tunnel;
        EnterTunnel(type, vni, udp->AddressIndex, udp->SourcePort, udp->DestinationPort);
        if (inner > _captured || inner > end)
        {
            return;
        }

        if (protocol == EtherTypeBridge)
        {
            Ethernet(inner, end);
        }
        else
        {
            EtherType(protocol, inner, end);
        }
    }

    private static ushort GpeProtocol(byte next) => next switch
    {
        1 => EtherTypeIPv4,
        2 => EtherTypeIPv6,
        3 => EtherTypeBridge,
        4 => EtherTypeNsh,
        5 => 0x8847,
        _ => ushort.MaxValue,
    };

    /// <summary>RFC 2784 and 2890; NVGRE (RFC 7637) when the key is there and Ethernet follows.</summary>
    private void Gre(int at, int end, in NetworkContext context)
    {
        if (at + 4 > _captured)
        {
            return;
        }

        int flags = U16(at);
        bool hasChecksum = (flags & 0x8000) != 0, hasRouting = (flags & 0x4000) != 0, hasKey = (flags & 0x2000) != 0,
            hasSequence = (flags & 0x1000) != 0;
        int version = flags & 7;
        int inner = at + 4;
        if (hasChecksum && version == 0)
        {
            GreChecksum(at, end, in context);
        }

        // RFC 1701's routing and PPTP's version 1 are left alone: no overlay uses them.
        if (hasRouting || version != 0)
        {
            return;
        }

        inner += hasChecksum ? 4 : 0;
        int key = hasKey && inner + 4 <= _captured ? (int)(U32(inner) >> 8) : -1;
        inner += (hasKey ? 4 : 0) + (hasSequence ? 4 : 0);
        if (inner > _captured || inner > end || !MayEnterTunnel())
        {
            return;
        }

        ushort protocol = U16(at + 2);
        inner += GreShim(ref protocol, inner, hasSequence);
        bool nvgre = protocol == EtherTypeBridge && hasKey && !hasChecksum && !hasSequence;
        EnterTunnel(nvgre ? TunnelType.Nvgre : TunnelType.Gre, nvgre ? key : -1, _verdict.AddressCount - 1,
            sourcePort: 0, destinationPort: 0);
        EtherType(protocol, inner, end);
    }

    private void GreChecksum(int at, int end, in NetworkContext context)
    {
        if (at + 6 > _captured)
        {
            AddUnseen(ChecksumProtocol.Gre, at + 4, at, end, LayerReason.BeyondCapture);
            return;
        }

        LayerRecord* layer = Add(ChecksumProtocol.Gre, at + 4, at, end, 0, ScopeKind.OnesComplement, context.Fragment);
        if (layer != null)
        {
            layer->Found = U16(at + 4);
            layer->Flags = LayerFlags.HasFound;
            _scopes[_verdict.LayerCount - 1].BadLength = context.BadLength || end < at + 6;
        }
    }
}
