using VxlanCsum.Checksums;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Walking;

/// <content>The verdicts, innermost first, so that each byte is summed once and an outer layer knows what is unfinished
/// inside it.</content>
internal sealed unsafe partial class FrameWalker
{
    /// <summary>A segment that fits into every packet (RFC 9293, 3.7.1) is not to be cut up.</summary>
    private const int ShortestLargeSend = 556;

    /// <summary>The bytes of a judged inner layer, as the layers around it see them.</summary>
    private struct InnerSpan
    {
        public int Start, End;

        /// <summary>Raw sum of the bytes as captured, and as they will be once every unfinished checksum is
        /// completed.</summary>
        public ushort Sum, CompletedSum;
        public bool HasSum, HasCompleted;

        /// <summary>Something inside is unfinished.</summary>
        public bool Pending;
    }

    private void Judge()
    {
        InnerSpan inner = default;
        for (int i = _lastScopedLayer; i >= 0; i--)
        {
            switch (_scopes[i].Kind)
            {
                case ScopeKind.OnesComplement or ScopeKind.Seedable:
                    JudgeSum(_verdict.Layers + i, _scopes + i, ref inner);
                    break;
                case ScopeKind.Crc32C:
                    JudgeSctp(_verdict.Layers + i, _scopes + i);
                    break;
            }
        }
    }

    private void JudgeSum(LayerRecord* layer, LayerScope* scope, ref InnerSpan inner)
    {
        int start = scope->Start, end = scope->End;
        if (scope->BadLength || scope->Fragment)
        {
            if (layer->Status == ChecksumStatus.Good)
            {
                layer->Status = ChecksumStatus.Unverified;
                layer->Reason = scope->Fragment ? LayerReason.Fragment : LayerReason.BadLength;
            }

            inner = default;
            return;
        }

        bool nested = inner.End != 0 && inner.Start >= start && inner.End <= end;
        bool complete = end <= _captured;
        bool hasSum = complete, hasCompleted = false;
        ulong sum = 0, completedSum = 0;
        if (!nested)
        {
            if (complete)
            {
                sum = OnesComplement.Accumulate(_p + start, end - start);
            }
        }
        else
        {
            ulong around = 0;
            bool hasAround = inner.Start <= _captured && (inner.End == end || complete);
            if (hasAround)
            {
                around = OnesComplement.Accumulate(_p + start, inner.Start - start);
                if (inner.End < end)
                {
                    around += OnesComplement.AtOffset(
                        OnesComplement.Fold(OnesComplement.Accumulate(_p + inner.End, end - inner.End)),
                        inner.End - start);
                }
            }

            hasSum = complete && inner.HasSum;
            hasCompleted = hasAround && inner.HasCompleted;
            sum = around + OnesComplement.AtOffset(inner.Sum, inner.Start - start);
            completedSum = around + OnesComplement.AtOffset(inner.CompletedSum, inner.Start - start);
        }

        bool pending = nested && inner.Pending;
        ushort raw = *(ushort*)(_p + layer->Offset);
        ushort segment = OnesComplement.Fold(sum);
        ushort total = OnesComplement.Fold(sum + scope->Pseudo);
        InnerSpan span = new() { Start = start, End = end, HasSum = hasSum, Sum = segment, Pending = pending };

        if (layer->Status != ChecksumStatus.Good)
        {
            // A zero that the walk judged. What lies inside decides what the layers around it see.
            span.HasCompleted = nested ? hasCompleted : hasSum;
            span.CompletedSum = nested ? OnesComplement.Fold(completedSum) : segment;
        }
        else if (hasSum && total == 0xffff)
        {
            layer->Expected = layer->Found;
            layer->Flags |= LayerFlags.HasExpected;
            span.HasCompleted = true;
            span.CompletedSum = segment;
            span.Pending = false;
        }
        else
        {
            JudgeNotRight(layer, scope, hasSum, total, raw, pending && hasCompleted,
                OnesComplement.Fold(completedSum + scope->Pseudo));
            bool partial = layer->Status == ChecksumStatus.Partial;
            // Once completed, segment and pseudo-header sum to all ones: so the segment is what the pseudo-header
            // lacks.
            span.HasCompleted = partial || (nested ? hasCompleted : hasSum);
            span.CompletedSum = partial ? (ushort)~scope->Pseudo : nested ? OnesComplement.Fold(completedSum) : segment;
            span.Pending |= partial;
        }

        inner = span;
    }

    /// <param name="completedTotal">Sum with pseudo-header once everything inside is completed; meaningful when
    /// <paramref name="pending"/>.</param>
    private void JudgeNotRight(LayerRecord* layer, LayerScope* scope, bool hasSum, ushort total, ushort raw,
        bool pending, ushort completedTotal)
    {
        if (hasSum)
        {
            ushort rest = OnesComplement.Subtract(total, raw);
            layer->Expected = rest == ushort.MaxValue && IsAllZero(layer, scope) ? ushort.MaxValue
                : Complement(rest, layer->Protocol);
            layer->Flags |= LayerFlags.HasExpected;
        }

        if (scope->Kind == ScopeKind.Seedable && raw == scope->Pseudo)
        {
            layer->Status = ChecksumStatus.Partial;
            layer->Reason = LayerReason.Seed;
        }
        else if (layer->Protocol == ChecksumProtocol.Tcp
            && ((layer->Found == 0 && hasSum) || IsLargeSend(layer, scope, raw)))
        {
            layer->Status = ChecksumStatus.Partial;
            layer->Reason = layer->Found == 0 ? LayerReason.NeverFilled : LayerReason.LargeSend;
        }
        else if (pending)
        {
            // Known from headers alone, so this holds for packets that the snapshot length cut, too. But only whole ones
            // show whether it is right for the bytes as they are: a device may have finished the outside alone.
            bool right = completedTotal == 0xffff;
            layer->Status = right ? ChecksumStatus.Partial : hasSum ? ChecksumStatus.Bad : ChecksumStatus.Unverified;
            layer->Reason = right ? LayerReason.Lco : hasSum ? LayerReason.Mismatch : LayerReason.Truncated;
            layer->Completed = Complement(OnesComplement.Subtract(completedTotal, raw), layer->Protocol);
            layer->Flags |= LayerFlags.HasCompleted;
        }
        else
        {
            layer->Status = hasSum ? ChecksumStatus.Bad : ChecksumStatus.Unverified;
            layer->Reason = hasSum ? LayerReason.Mismatch : LayerReason.Truncated;
        }
    }

    /// <summary>The seed of a segment that is to be cut up: each piece will have a length of its own, so none is in
    /// it.</summary>
    private static bool IsLargeSend(LayerRecord* layer, LayerScope* scope, ushort raw) =>
        layer->Length > ShortestLargeSend
            && raw == OnesComplement.Subtract(scope->Pseudo,
                OnesComplement.ToHost(OnesComplement.Fold((ulong)layer->Length)));

    /// <summary>Does nothing but zeros stand around the field? Then it should be all ones; subtraction cannot tell that
    /// from a sum of all ones.</summary>
    private bool IsAllZero(LayerRecord* layer, LayerScope* scope) =>
        scope->Kind == ScopeKind.OnesComplement
        && !new ReadOnlySpan<byte>(_p + scope->Start, layer->Offset - scope->Start).ContainsAnyExcept((byte)0)
        && !new ReadOnlySpan<byte>(_p + layer->Offset + 2, scope->End - layer->Offset - 2).ContainsAnyExcept((byte)0);

    private static ushort Complement(ushort rawSum, ChecksumProtocol protocol)
    {
        ushort value = OnesComplement.ToHost((ushort)~rawSum);
        // RFC 768: a computed zero is sent as all ones, since zero means "none".
        return value == 0 && protocol is (ChecksumProtocol.Udp or ChecksumProtocol.UdpLite) ? ushort.MaxValue : value;
    }

    private void JudgeSctp(LayerRecord* layer, LayerScope* scope)
    {
        int length = scope->End - scope->Start;
        if (scope->BadLength || scope->Fragment || scope->End > _captured)
        {
            layer->Status = ChecksumStatus.Unverified;
            layer->Reason = scope->Fragment ? LayerReason.Fragment
                : scope->BadLength ? LayerReason.BadLength : LayerReason.Truncated;
            return;
        }

        byte* packet = _p + scope->Start;
        layer->Expected = Crc32C.OfSctp(packet, length);
        layer->Flags |= LayerFlags.HasExpected;
        if (layer->Found == layer->Expected)
        {
            return;
        }

        bool old = layer->Found != 0 && layer->Found == Crc32C.AdlerOfSctp(packet, length);
        layer->Status = old ? ChecksumStatus.Good : layer->Found == 0 ? ChecksumStatus.Partial : ChecksumStatus.Bad;
        layer->Reason = old ? LayerReason.SctpAdler : layer->Found == 0 ? LayerReason.SctpZero : LayerReason.Mismatch;
    }

    /// <summary>The packet's status is its worst layer's; its cause follows the one rule of
    /// <see cref="PacketCause"/>.</summary>
    private void Conclude(bool known)
    {
        FrameVerdict v = _verdict;
        ChecksumStatus worst = known && v.LayerCount > 0 ? ChecksumStatus.Good
            : known ? ChecksumStatus.NotPresent : ChecksumStatus.Unverified;
        for (int i = 0; i < v.LayerCount; i++)
        {
            ChecksumStatus status = v.Layers[i].Status;
            worst = status > worst ? status : worst;
        }

        ExplainTunnels(v);
        v.Status = worst;
        v.Cause = worst <= ChecksumStatus.NotPresent ? ChecksumCause.None
            : PacketCause.Of(v.Layers, v.LayerCount, worst);
    }

    /// <summary>Where NAT explains a wrong outer checksum, that is the layer's reason.</summary>
    private static void ExplainTunnels(FrameVerdict v)
    {
        for (int i = 0; i < v.LayerCount; i++)
        {
            v.Layers[i].Reason = PacketCause.ReasonOf(v.Layers, i, v.LayerCount);
        }
    }
}
