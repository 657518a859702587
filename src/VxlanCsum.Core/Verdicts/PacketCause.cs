namespace VxlanCsum.Verdicts;

/// <summary>
/// What one packet alone says about its cause. It is a hint: a single implied port is plausible by chance in
/// 43 % of damaged packets. Test-VxlanChecksum lets the evidence of many packets decide.
/// </summary>
internal static unsafe class PacketCause
{
    /// <summary>The packet's cause from its judged layers, outer to inner.</summary>
    public static ChecksumCause Of(LayerRecord* layers, int count, ChecksumStatus worst)
    {
        ChecksumCause cause = ChecksumCause.None;
        for (int i = 0; i < count; i++)
        {
            ChecksumCause own = OfLayer(layers[i].Status, ReasonOf(layers, i, count));
            cause = own > cause ? own : cause;
        }

        return cause == ChecksumCause.None && worst == ChecksumStatus.Unverified ? ChecksumCause.NotVerifiable : cause;
    }

    /// <summary>A layer's reason among its packet's layers: NAT, where it explains a wrong outer checksum over an
    /// intact inner packet.</summary>
    public static LayerReason ReasonOf(LayerRecord* layers, int index, int count)
    {
        ref readonly LayerRecord layer = ref layers[index];
        return layer.Status == ChecksumStatus.Bad && (layer.Flags & LayerFlags.Tunnel) != 0
            && InnerIsIntact(layers, index + 1, count)
            ? OfTunnel(layer)
            : layer.Reason;
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

    /// <summary>Damage on the way would hardly hit the outer header alone: so an inner packet that verifies speaks for
    /// NAT.</summary>
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
