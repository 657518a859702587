using VxlanCsum.Counters;
using VxlanCsum.Diagnoses;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>What drivers count and sockets wait for: signs, and no proof of anything.</summary>
internal static class CountRemarks
{
    public static IEnumerable<TicketRemark> Of(TicketContent ticket)
    {
        // Of several printings the last counts.
        DeviceCounter[] wrong = [.. ticket.DeviceCounters.GroupBy(static c => (c.Device, c.Name))
            .Select(static g => g.Last()).Where(static c => c.Value > 0).OrderByDescending(static c => c.Value)];
        if (wrong is [{ } most, ..])
        {
            yield return new TicketRemark("DeviceChecksumErrors",
                Phrase.Text($"The driver of {most.Device ?? "a device"} counts {most.Value} received packets whose ")
                + $"checksum it found wrong ({most.Name}): they came wrong over the wire, or the card misjudges tunnel "
                + "packets. It still hands them on, and the kernel decides.")
            {
                Source = DiagnosisSource.Counters,
                Evidence =
                [
                    .. wrong.Take(8).Select(static c => Phrase.Text($"{c.Device ?? "?"} {c.Name} {c.Value}")),
                    "nstat -az UdpInCsumErrors TcpInCsumErrors: does the kernel drop them as well?",
                ],
            };
        }

        if (ticket.Sockets.Unanswered is [{ } first, ..] waiting)
        {
            yield return new TicketRemark("SynUnanswered",
                $"{Phrase.Count(waiting.Count, "connection waits", "connections wait")} for the answer to a SYN "
                + $"({first}{(waiting.Count > 1 ? ", ..." : "")}): it is lost, or its answer, or nobody is there. The "
                + "fault does that, and so do policies, wrong routes and pods that are down.")
            {
                Source = DiagnosisSource.Connections,
                Evidence = [.. waiting.Distinct().Take(8)],
            };
        }

        if (ticket.Sockets.SendingAgain is [{ } again, ..] all)
        {
            yield return new TicketRemark("SegmentsSentAgain",
                $"{Phrase.Count(all.Count, "connection that is up sends", "connections that are up send")} again what "
                + $"was not acknowledged ({again}{(all.Count > 1 ? ", ..." : "")}). The handshake passed, so what is "
                + "lost depends on the packet: large ones are lost by a smaller MTU on the way.")
            {
                Source = DiagnosisSource.Connections,
                Evidence = [.. all.Distinct().Take(8), "ping -M do -s 1372 POD from a pod: do large packets pass?"],
            };
        }
    }
}
