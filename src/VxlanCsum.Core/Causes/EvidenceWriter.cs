using VxlanCsum.Captures.Walking;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>Writes down what a verdict rests on: first what the packets add up to, then every bad packet, then the
/// rest.</summary>
internal sealed partial class EvidenceWriter(Direction direction, DirectionVerdict verdict, PortRange range,
    KnownBindings known, HostNames names, Func<int, string> path)
{
    private readonly PortRange _range = range;
    private readonly List<ChecksumEvidence> _evidence = [];

    public IReadOnlyList<ChecksumEvidence> Write(bool isOverflow, CaptureSample? sample,
        IReadOnlyList<VxlanNatBinding>? translated, BindingComparison? comparison)
    {
        WriteSample(sample);
        if (isOverflow)
        {
            Add(EvidenceKind.Limit,
                $"{AnalysisBudget.Directions} directions were told apart; this result gathers all others");
        }

        if (verdict.Outer is not null)
        {
            WriteOuter(verdict.Outer);
        }

        if (comparison is not null && known.Count > 0)
        {
            WriteKnown(comparison);
        }

        WriteTranslated(translated);
        WriteInner();
        WriteSetup();
        WriteSourcePorts();
        WriteFlows();
        WriteSamples();
        WriteTotals();
        return _evidence;
    }

    private void Add(EvidenceKind kind, InvariantText text) =>
        _evidence.Add(new ChecksumEvidence(kind, Phrase.Text(text)));

    private void AddWhere(bool isSo, EvidenceKind kind, InvariantText text)
    {
        if (isSo)
        {
            Add(kind, text);
        }
    }

    private void WriteSetup()
    {
        if (direction.Bad == 0 || direction.Key.Tunnel == TunnelType.None)
        {
            return;
        }

        if (direction.OuterRight > 0 && verdict.Outer is not null)
        {
            Add(EvidenceKind.Setup,
                $"{Phrase.Count(direction.OuterRight, "packet of the direction has", "packets of the direction have")} "
                    + $"a right outer UDP checksum that is not zero: the tunnel sends outer checksums, which speaks "
                    + $"against defect A (it needs a zero)");
        }

        if (direction.OuterAbsent > 0 && verdict.Outer is not null)
        {
            Add(EvidenceKind.Setup,
                $"{Phrase.Count(direction.OuterAbsent, "packet of the direction has", "packets of the direction have")} "
                    + $"no outer UDP checksum: the tunnel does not send any (noudpcsum), which speaks against defect B "
                    + $"(it needs one)");
        }
    }

    private void WriteSourcePorts()
    {
        SourcePorts ports = direction.Ports;
        // Of a host's own loopback nothing is translated on a wire.
        if (ports.OutsideCount == 0 || direction.Key.Source.IsLoopback)
        {
            return;
        }

        if (ports.KeepsToDynamicRange)
        {
            Add(EvidenceKind.SourcePort,
                $"all {ports.DistinctCount} outer source ports are in 49152-65535, the range of RFC 7348: a sender "
                    + $"that is no Linux chooses so, and no translation follows from it");
            return;
        }

        string suspicion = ports.SnatSuspected ? "the outer packets were probably source-translated"
            : "the outer packet may have been source-translated";
        string routed = direction.Routed == 0 ? ""
            : "; they passed a router, by their TTL, which may have done it as well as the sender";
        Add(EvidenceKind.SourcePort,
            $"{ports.OutsideCount} of {Phrase.Count(ports.DistinctCount, "outer source port", "outer source ports")} "
                + $"{(ports.OutsideCount == 1 ? "is" : "are")} outside of {_range} (ip_local_port_range): "
                + $"{suspicion}; a sender that is no Linux, or a tunnel made with srcport, has another range "
                + $"(-SourcePortRange){routed}");
        foreach ((int capture, long frame, ushort port) in ports.First)
        {
            _evidence.Add(
                new ChecksumEvidence(EvidenceKind.SourcePort,
                    Phrase.Text($"outer source port {port} is outside of {_range}"))
                {
                    Path = path(capture),
                    FrameNumber = frame,
                    SourcePort = port,
                });
        }
    }

    private void WriteFlows()
    {
        if (direction.Key.Tunnel == TunnelType.None)
        {
            return;
        }

        int written = 0;
        foreach (BrokenFlow flow in direction.Broken)
        {
            if (written++ == 20)
            {
                Add(EvidenceKind.Limit, $"{direction.Broken.Count - 20} more broken flows are not listed");
                return;
            }

            string name = Flow(flow.Key);
            string text = flow.IsHealed
                ? $"{name}: bad first in frame {flow.FirstFrame}, got through "
                    + $"{(flow.Delay is { } delay ? Phrase.Seconds(delay) + " " : "")}later (frame {flow.HealedFrame})"
                : $"{name}: bad first in frame {flow.FirstFrame}, never right after it";
            if (flow.BadPorts > 1)
            {
                text += Phrase.Text(
                    $"; {flow.BadPorts} different outer source ports, all bad: so the rule does not hang on the mark "
                        + $"of a connection's first packet alone");
            }

            _evidence.Add(new ChecksumEvidence(EvidenceKind.Retransmission, text));
        }
    }

    private void WriteSamples()
    {
        foreach (Sample sample in direction.Samples)
        {
            LayerRecord layer = sample.Layer;
            string protocol = layer.Protocol.ToString();
            string text = sample.Kind switch
            {
                EvidenceKind.Seed =>
                    $"the {protocol} field {Phrase.Hex((int)layer.Found)} is the pseudo-header sum: a seed that the "
                        + $"device has yet to complete",
                EvidenceKind.LocalChecksum =>
                    $"the outer checksum {Phrase.Hex((int)layer.Found)} is right once the inner one is completed",
                EvidenceKind.SuperPacket =>
                    Phrase.Text($"{layer.Length} bytes of {protocol}: more than a wire carries in one packet"),
                EvidenceKind.UnfinishedOnWire =>
                    $"the outer checksum is right for an inner {protocol} that still holds its seed "
                        + $"{Phrase.Hex((int)layer.Found)}: whoever finished the tunnel forgot the inside",
                _ => LayerReasons.Describe(in layer) ?? "the checksum could not be verified",
            };
            _evidence.Add(new ChecksumEvidence(sample.Kind, text)
            {
                Path = path(sample.Path),
                FrameNumber = sample.Frame,
                Found = (layer.Flags & LayerFlags.HasFound) != 0 ? (int)layer.Found : null,
                Expected = Expected(in layer),
            });
        }
    }

    private void WriteTotals()
    {
        AddWhere(direction.HeaderZero > 0, EvidenceKind.HeaderOffload,
            $"{Phrase.Packets(direction.HeaderZero)} with an IPv4 header checksum of zero: header offload or a packet "
            + $"generator");
        AddWhere(direction.NeverFilled > 0, EvidenceKind.Seed,
            $"{Phrase.Packets(direction.NeverFilled)} with a TCP checksum of zero: never filled in");
        AddWhere(direction.SeedValues.Count > 0, EvidenceKind.Seed,
            $"{Phrase.PacketsAre(direction.Pending)} unfinished, with "
            + $"{Phrase.Count(direction.SeedValues.Count, "seed value", "different seed values")}; each matches by "
            + $"chance 1 in 65535");
        foreach (LayerReason reason in direction.UnverifiedReasons.Reasons)
        {
            LayerRecord why = new() { Reason = reason };
            Add(EvidenceKind.Unverifiable, $"{Phrase.Packets(direction.UnverifiedReasons[reason])} could not be verified: "
                + $"{LayerReasons.Describe(in why) ?? "what is inside is not opened"}");
        }

        AddWhere(direction.Right > 0, EvidenceKind.Verified,
            $"{direction.Right} of {Phrase.Packets(direction.Packets)} {(direction.Right == 1 ? "is" : "are")} right in "
            + $"every checksum carried");
        long untracked = direction.Outer.Untracked + direction.Inner.Untracked;
        AddWhere(untracked > 0, EvidenceKind.Limit,
            $"{Phrase.Packets(untracked)} with bad checksums belong to flows beyond what is told apart; they are "
            + $"counted, not weighed");
        AddWhere(direction.Unfollowed > 0, EvidenceKind.Limit,
            $"{Phrase.Packets(direction.Unfollowed)} with bad checksums belong to flows that were not followed: "
            + $"BrokenFlows and HealedFlows leave them out");
        AddWhere(direction.Untraced > 0 && direction.Pending > 0, EvidenceKind.Limit,
            $"{Phrase.Packets(direction.Untraced)} belong to flows of which no answer was looked for");
        long unlisted = direction.Outer.Count - direction.Outer.Packets.Count + direction.Inner.Count
            - direction.Inner.Packets.Count;
        AddWhere(unlisted > 0, EvidenceKind.Limit,
            $"{Phrase.Packets(unlisted)} with bad checksums are counted, not listed");
    }

    private static int? Expected(in LayerRecord layer) =>
        (layer.Flags & LayerFlags.HasCompleted) != 0 ? layer.Completed
            : (layer.Flags & LayerFlags.HasExpected) != 0 ? (int)layer.Expected : null;

    private string Flow(in FlowKey key) => key.SourcePort == 0 && key.DestinationPort == 0
        ? $"{key.Protocol} {names.Text(key.Source)} -> {names.Text(key.Destination)}"
        : Phrase.Text(
            $"{key.Protocol} {Endpoint(key.Source, key.SourcePort)} -> "
                + $"{Endpoint(key.Destination, key.DestinationPort)}");

    private string Endpoint(HostId address, int port) =>
        address.IsIPv6 ? Phrase.Text($"[{address}]:{port}") : Phrase.Text($"{names.Text(address)}:{port}");
}
