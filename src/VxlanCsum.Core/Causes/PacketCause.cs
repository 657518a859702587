using VxlanCsum.Captures;
using VxlanCsum.Checksums;

namespace VxlanCsum.Causes;

/// <summary>
/// What one packet alone says about its cause. It is a hint: a single implied port is plausible by chance in
/// 43 % of damaged packets. Test-VxlanChecksum lets the evidence of many packets decide.
/// </summary>
internal static unsafe class PacketCause
{
    /// <summary>The packet's cause from its judged layers, outer to inner. Writes the reason of an outer tunnel checksum that NAT explains.</summary>
    public static ChecksumCause Of(LayerRecord* layers, int count, ChecksumStatus worst)
    {
        ChecksumCause cause = ChecksumCause.None;
        for (int i = 0; i < count; i++)
        {
            LayerRecord* layer = layers + i;
            if (layer->Status == ChecksumStatus.Bad && (layer->Flags & LayerFlags.Tunnel) != 0 && InnerIsIntact(layers, i + 1, count))
            {
                layer->Reason = OfTunnel(*layer);
            }

            ChecksumCause own = OfLayer(layer->Status, layer->Reason);
            cause = own > cause ? own : cause;
        }

        return cause == ChecksumCause.None && worst == ChecksumStatus.Unverified ? ChecksumCause.NotVerifiable : cause;
    }

    /// <summary>The cause that a layer's verdict stands for.</summary>
    public static ChecksumCause OfLayer(ChecksumStatus status, LayerReason reason) => status switch
    {
        ChecksumStatus.Partial => reason == LayerReason.Lco ? ChecksumCause.LcoPending : ChecksumCause.OffloadPending,
        ChecksumStatus.Unverified => ChecksumCause.NotVerifiable,
        ChecksumStatus.Bad => reason switch
        {
            LayerReason.NatZero => ChecksumCause.NatZeroChecksum,
            LayerReason.NatLocal => ChecksumCause.NatLocalChecksum,
            _ => ChecksumCause.Corrupted,
        },
        _ => ChecksumCause.None,
    };

    /// <summary>What explains a wrong outer tunnel checksum over an intact inner packet.</summary>
    public static LayerReason OfTunnel(in LayerRecord outer)
    {
        if (outer.Found == 0xffff)
        {
            return LayerReason.NatZero;
        }

        ushort right = (outer.Flags & LayerFlags.HasCompleted) != 0 ? outer.Completed : (ushort)outer.Expected;
        return (outer.Flags & LayerFlags.HasPorts) != 0
            && NatModel.IsLocalPort(NatModel.ImpliedSourcePort(outer.SourcePort, right, (ushort)outer.Found))
            ? LayerReason.NatLocal
            : LayerReason.Mismatch;
    }

    /// <summary>Damage on the way would hardly hit the outer header alone: so an inner packet that verifies speaks for NAT.</summary>
    private static bool InnerIsIntact(LayerRecord* layers, int from, int count)
    {
        bool verified = false;
        for (int i = from; i < count; i++)
        {
            if (layers[i].Status > ChecksumStatus.Partial)
            {
                return false;
            }

            verified |= layers[i].Status != ChecksumStatus.NotPresent;
        }

        return verified;
    }
}
