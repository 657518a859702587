using System.Net;
using VxlanCsum.Verdicts;
using static VxlanCsum.Checksums.StepList;

namespace VxlanCsum.Checksums;

/// <summary>What a checksum in a capture says of the packet before NAT or offloading; see <see cref="NatModel"/> for
/// the arithmetic.</summary>
internal static class NatInverse
{
    private const string ModuloNote = "modulo 65535, where 0 and 65535 are the same number";

    /// <summary>Defects A and B read backwards: for which port was the found checksum made?</summary>
    /// <param name="found">As captured.</param>
    /// <param name="expected">Right for the packet as captured.</param>
    /// <param name="newPort">As captured.</param>
    /// <param name="oldAddress">Before NAT, or null where it was kept.</param>
    /// <param name="newAddress">As captured, or null where the old one was kept.</param>
    public static NatChecksumResult OriginalPort(ushort found, ushort expected, ushort newPort, IPAddress? oldAddress,
        IPAddress? newAddress)
    {
        StepList steps = new();
        ushort old = oldAddress is null ? (ushort)0 : PseudoHeader.AddressSum(oldAddress);
        ushort now = newAddress is null ? old : PseudoHeader.AddressSum(newAddress);
        bool changed = now != old;
        ushort zero = NatModel.OfZero(old, now);
        steps.Add(
            "defect A",
            changed ? $"{oldAddress} -> {newAddress}" : "address kept",
            changed ? $"fold(0 + ~{Hex(old)} + {Hex(now)})" : "fold(0 + ~a + a)",
            Hex(zero),
            "what NAT makes of no checksum: the same for every packet between these addresses");

        ushort? local = null;
        if (changed)
        {
            local = NatModel.ImpliedLocalChecksum(found, old, now);
            steps.Add("defect B: checksum before NAT", $"found {Hex(found)}",
                $"found - (new - old) = {Hex(found)} - ({Hex(now)} - {Hex(old)})", Hex(local.Value), ModuloNote);
        }

        ushort port = NatModel.ImpliedSourcePort(newPort, expected, found, old, now);
        bool plausible = NatModel.IsLocalPort(port);
        steps.Add(
            "defect B: port before NAT",
            $"expected {Hex(expected)}, port {newPort}",
            changed
                ? $"right + new - old + new port - checksum before NAT = {Hex(expected)} + {Hex(now)} - {Hex(old)} + "
                    + $"{newPort} - {Hex(local!.Value)}"
                : $"new port + right - found = {newPort} + {Hex(expected)} - {Hex(found)}",
            $"{port}",
            ModuloNote);

        ChecksumCause cause = NatModel.AreEqual(found, expected) ? ChecksumCause.None
            : found == zero ? ChecksumCause.NatZeroChecksum
            : plausible ? ChecksumCause.NatLocalChecksum
            : ChecksumCause.Corrupted;
        return new NatChecksumResult
        {
            Checksum = found,
            Right = expected,
            IsRight = cause == ChecksumCause.None,
            Cause = cause,
            ImpliedOriginalPort = port,
            IsPlausiblePort = plausible,
            ImpliedLocalChecksum = local,
            Explanation = Explain(cause, found, port),
            Steps = steps.Steps,
        };
    }

    private static string Explain(ChecksumCause cause, ushort found, ushort port) => cause switch
    {
        ChecksumCause.None => $"{Hex(found)} is right: nothing is to be explained.",
        ChecksumCause.NatZeroChecksum =>
            $"{Hex(found)} is what NAT makes of no checksum between these addresses (defect A). One packet shows it "
            + "by chance once in 65535.",
        ChecksumCause.NatLocalChecksum =>
            $"The checksum is right for port {port}, from which a tunnel device may send: the sign of defect B. By "
            + "chance 43 % of wrong checksums do; a second packet of the same flow that gives the same port settles "
            + "it.",
        _ => $"The checksum would be right for port {port}, outside the range that tunnel devices send from "
            + $"({NatModel.LocalPortMin} to {NatModel.LocalPortMax}) unless srcport was set: defect B is unlikely "
            + "here, or the address was changed, too.",
    };

    /// <summary>The seed that offloading starts from; and whether a found field is one.</summary>
    /// <param name="source">Null where it is unknown: then <paramref name="found"/> tells what its words sum
    /// to.</param>
    /// <param name="destination">Of the same family.</param>
    /// <param name="isTcp">TCP; otherwise UDP.</param>
    /// <param name="length">Of header and payload together, in bytes.</param>
    /// <param name="found">The field as captured, or null.</param>
    public static NatChecksumResult Seed(IPAddress? source, IPAddress destination, bool isTcp, uint length,
        ushort? found)
    {
        StepList steps = new();
        byte protocol = isTcp ? (byte)6 : (byte)17;
        ushort to = PseudoHeader.AddressSum(destination);
        steps.Add("destination", $"{destination}", $"fold({Words(destination, string.Empty)})", Hex(to));
        if (source is null)
        {
            ushort seen = found ?? 0, implied = PseudoHeader.ImpliedAddressSum(seen, to, protocol, length);
            steps.Add(
                "source, if this is a seed",
                $"found {Hex(seen)}",
                $"found - (destination + protocol + length) = {Hex(seen)} - ({Hex(to)} + {protocol} + {length})",
                Hex(implied),
                ModuloNote);
            return new NatChecksumResult
            {
                Checksum = found,
                Cause = ChecksumCause.NotVerifiable,
                ImpliedAddressSum = implied,
                Explanation =
                    $"If {Hex(seen)} is a seed, the words of the source address sum to {Hex(implied)}. A "
                    + $"second packet from the same sender, to another destination or of another length, that gives "
                    + $"the same sum shows that both are seeds.",
                Steps = steps.Steps,
            };
        }

        ushort from = PseudoHeader.AddressSum(source), seed = PseudoHeader.Seed(from, to, protocol, length);
        steps.Add("source", $"{source}", $"fold({Words(source, string.Empty)})", Hex(from));
        steps.Add("seed", $"protocol {protocol}, length {length}",
            $"fold({Hex(from)} + {Hex(to)} + {protocol} + {length})", Hex(seed),
            "the pseudo-header sum, not inverted (CHECKSUM_PARTIAL)");
        bool isSeed = NatModel.AreEqual(found ?? seed, seed);
        return new NatChecksumResult
        {
            Checksum = found,
            Result = seed,
            IsRight = isSeed,
            Cause = isSeed ? ChecksumCause.OffloadPending : ChecksumCause.NotVerifiable,
            Explanation = found is null ? $"{Hex(seed)} stands in the field until the device completes the checksum."
                : isSeed ? $"{Hex(seed)} is the seed: the packet was captured before the device completed its "
                    + $"checksum, and is innocent."
                : $"{Hex(found.Value)} is not the seed of these addresses and this length, which is {Hex(seed)}.",
            Steps = steps.Steps,
        };
    }

    /// <summary>The outer checksum while the inner one is unfinished; and whether a found one is that.</summary>
    public static NatChecksumResult LocalOffload(ushort outerExpected, ushort innerFinal, ushort innerSeed,
        ushort? found)
    {
        StepList steps = new();
        ushort predicted = NatModel.LocalOffload(outerExpected, innerFinal, innerSeed);
        steps.Add(
            "local checksum offload",
            $"outer right for the bytes as captured {Hex(outerExpected)}, inner {Hex(innerSeed)} to become "
            + $"{Hex(innerFinal)}",
            $"{Hex(outerExpected)} - {Hex(innerFinal)} + {Hex(innerSeed)}",
            Hex(predicted),
            ModuloNote);
        bool waits = found is null || NatModel.AreEqual(found.Value, predicted);
        return new NatChecksumResult
        {
            Checksum = found,
            Result = predicted,
            Right = predicted,
            IsRight = waits,
            Cause = waits ? ChecksumCause.LcoPending : ChecksumCause.NotVerifiable,
            Explanation = waits
                ? $"{Hex(predicted)} is right on the wire, once the inner checksum is completed: innocent."
                : $"{Hex(found!.Value)} does not become right by completing the inner checksum; {Hex(predicted)} "
                    + $"would.",
            Steps = steps.Steps,
        };
    }
}
