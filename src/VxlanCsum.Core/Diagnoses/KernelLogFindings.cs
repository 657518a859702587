using System.Globalization;
using System.Net;
using VxlanCsum.KernelLogs;
using VxlanCsum.Text;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Diagnoses;

/// <summary>What the kernel's log says: packets dropped for their checksum, and packets that kept the mark.</summary>
internal static class KernelLogFindings
{
    private const int MostEvidence = 8;

    /// <summary>So many of one sender are no bad luck: a damaged packet is rare, NAT spoils one after the
    /// other.</summary>
    private const int Repeated = 3;

    /// <returns>The sender whose tunnel packets are dropped again and again; null where none is.</returns>
    public static IPAddress? Add(FindingList findings, NodeEvidence evidence)
    {
        if (evidence.KernelLog is not { } log)
        {
            return null;
        }

        IPAddress? sender = null;
        foreach (IGrouping<(IPAddress? From, IPAddress? To, ushort Port), ChecksumComplaint> way in log.Complaints
            .Where(static c => c.Device is null).GroupBy(static c => (c.From, c.To, c.ToPort))
                .OrderByDescending(static g => g.Count()))
        {
            bool isTunnel = evidence.TunnelPorts.Contains(way.Key.Port);
            bool isFault = isTunnel && way.Count() >= Repeated;
            sender ??= isFault ? way.Key.From : null;
            findings.Add("KernelDroppedPackets", isFault ? FindingSeverity.Fault
                : isTunnel ? FindingSeverity.Warning : FindingSeverity.Information, DiagnosisSource.Drops,
                string.Create(CultureInfo.InvariantCulture, $"The kernel's log says that {way.Key.To} dropped "
                    + $"{Phrase.Packets(way.Count())} from {way.Key.From} to port {way.Key.Port} for their "
                    + $"checksum{(isTunnel ? ", which carry the tunnel" : "")}.")
                + Ports(way, isTunnel),
                way.Take(MostEvidence).Select(static c => string.Create(CultureInfo.InvariantCulture, $"line "
                    + $"{c.Line}: from {c.From}:{c.FromPort} to {c.To}:{c.ToPort}")));
        }

        foreach (IGrouping<string?, ChecksumComplaint> device in log.Complaints.Where(static c => c.Device is not null)
            .GroupBy(static c => c.Device))
        {
            findings.Add("CardSumDiffers", FindingSeverity.Warning, DiagnosisSource.Drops,
                $"The kernel's log says \"hw csum failure\" of {device.Key} "
                    + $"({Phrase.Count(device.Count(), "time", "times")}): what its card summed up is not what the "
                    + $"packet says. "
                + "Either the packets were sent wrong, or the card or its driver sums up wrongly; packets that are "
                + "wrong for both are dropped, those that only the card calls wrong are not.",
                device.Take(MostEvidence).Select(static c => Phrase.Text($"line {c.Line}")));
        }

        Marked(findings, log.Marked);
        return sender;
    }

    /// <summary>A tunnel device takes its source ports from a range of its own; what comes from elsewhere was given a
    /// port by NAT.</summary>
    private static string Ports(IEnumerable<ChecksumComplaint> way, bool isTunnel)
    {
        ushort[] strange = [.. way.Select(static c => c.FromPort).Where(static p => !PortRange.Default.Contains(p))
            .Distinct()];
        return !isTunnel || strange.Length == 0 ? string.Empty
            : string.Create(CultureInfo.InvariantCulture,
                $" {Phrase.Count(strange.Length, "source port is", "source ports are")} outside {PortRange.Default}, "
                    + $"where Linux takes those of tunnels from (the first: {strange[0]}): NAT on the sender gave "
                    + $"them, unless the tunnel was made with another range.");
    }

    private static void Marked(FindingList findings, IReadOnlyList<MarkedPacket> marked)
    {
        MarkedPacket[] outer = [.. marked.Where(static m => m.Layer == MarkedPacketLayer.Encapsulated
            && m.Mark is not 0)];
        if (outer.Length > 0)
        {
            findings.Add("TunnelPacketsMarked", FindingSeverity.Warning, DiagnosisSource.Rules,
                $"The LOG rule saw {Phrase.Count(outer.Length, "tunnel packet", "tunnel packets")} leave with a mark "
                    + $"({outer[0]}, mark 0x{outer[0].Mark ?? 0:x}): "
                + "the mark of the service packet is still on it, so a rule that masquerades by mark translates it a "
                + "second time.", outer.Take(MostEvidence).Select(static m => SafeText.Escape(m.ToString())));
        }
        else if (marked.Any(static m => m.Layer == MarkedPacketLayer.Inner))
        {
            findings.Add("OnlyServicePacketsMarked", FindingSeverity.Information, DiagnosisSource.Rules,
                $"The LOG rule saw {Phrase.Count(marked.Count, "packet", "packets")}, none of them a tunnel's: service "
                + "packets are marked on their way into the tunnel, as they should be.");
        }
    }
}
