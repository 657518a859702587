using System.Buffers.Binary;
using System.Net;
using VxlanCsum.Verdicts;
using static VxlanCsum.Checksums.StepList;

namespace VxlanCsum.Checksums;

/// <summary>
/// What Linux NAT does to a UDP or TCP checksum, the kernel's way: net/netfilter/nf_nat_proto.c (udp_manip_pkt,
/// tcp_manip_pkt, nf_nat_ipv4_csum_update) and net/core/utils.c (inet_proto_csum_replace4 and 16). Source and
/// destination NAT do the same.
/// </summary>
internal static class NatManipulation
{
    private const ushort Mangled = 0xffff;

    public static NatChecksumResult Run(NatRequest request)
    {
        StepList steps = new();
        ushort check = Manipulate(request, steps);
        // A packet without CHECKSUM_PARTIAL takes the branch that is right for a finished checksum.
        ushort right = request.State != SkbChecksumState.Partial || request.OwnSeed ? check
            : request.Checksum == 0 ? (ushort)0
            : Manipulate(request with { State = SkbChecksumState.None }, new StepList());
        (ChecksumCause cause, string explanation) = Explain(request, check, right, steps);
        return new NatChecksumResult
        {
            Checksum = request.Checksum,
            Result = check,
            Right = right,
            IsRight = Equal(check, right, request.IsTcp),
            Cause = cause,
            Explanation = explanation,
            Steps = steps.Steps,
        };
    }

    // As a UDP checksum, zero is no number but "none".
    private static bool Equal(ushort check, ushort right, bool isTcp) =>
        !isTcp && (check == 0 || right == 0) ? check == right : NatModel.AreEqual(check, right);

    private static ushort Manipulate(NatRequest request, StepList steps)
    {
        ushort check = request.Checksum;
        if (!request.IsTcp && !DecidesToUpdate(request, steps))
        {
            return check;
        }

        check = ReplaceAddress(request, check, steps);
        check = ReplacePort(request, check, steps);
        if (!request.IsTcp)
        {
            ushort before = check;
            check = check == 0 ? Mangled : check;
            steps.Add(
                "udp_manip_pkt",
                $"check {Hex(before)}",
                "if (!check) check = CSUM_MANGLED_0",
                Hex(check),
                before == 0 ? "zero would mean that there is no checksum" : null);
        }

        return check;
    }

    private static bool DecidesToUpdate(NatRequest request, StepList steps)
    {
        bool partial = request.State == SkbChecksumState.Partial, old = request.Kernel == NatKernel.BeforeFix;
        bool update = request.Checksum != 0 || (old && partial);
        steps.Add(
            "udp_manip_pkt",
            $"check {Hex(request.Checksum)}, ip_summed {Name(request.State)}",
            old ? "do_csum = check || ip_summed == CHECKSUM_PARTIAL" : "do_csum = !!check",
            update ? "update" : "leave",
            !update ? "no checksum was sent, and none is made up"
            : request.Checksum == 0
                ? "defect A: CHECKSUM_PARTIAL is about the inner header; the outer checksum is absent, not unfinished"
            : null);
        return update;
    }

    private static ushort ReplaceAddress(NatRequest request, ushort check, StepList steps)
    {
        IPAddress? old = request.OldAddress, now = request.NewAddress ?? old;
        bool partial = request.State == SkbChecksumState.Partial;
        uint sum = partial ? check : ~(uint)check;
        foreach (uint word in Words32(old))
        {
            sum = Add(sum, ~word);
        }

        foreach (uint word in Words32(now))
        {
            sum = Add(sum, word);
        }

        ushort folded = OnesComplement.Fold(sum);
        ushort result = partial ? folded : (ushort)~folded;
        string difference = old is null ? "~old + old" : $"{Words(old, "~")} + {Words(now!, string.Empty)}";
        steps.Add(
            (request.IsIPv6 ? "nf_nat_ipv6_csum_update, inet_proto_csum_replace16"
                : "nf_nat_ipv4_csum_update, inet_proto_csum_replace4") + "(pseudohdr)",
            $"check {Hex(check)}, {(request.ChangesAddress ? $"{old} -> {now}" : "address kept")}",
            partial ? $"fold({Hex(check)} + {difference})" : $"~fold(~{Hex(check)} + {difference})",
            Hex(result),
            AddressNote(request));
        return result;
    }

    private static string? AddressNote(NatRequest request) => request.State switch
    {
        SkbChecksumState.Partial when request.OwnSeed =>
            "the field is this header's own seed, not inverted: the difference is added as it is",
        SkbChecksumState.Partial when request.Checksum == 0 =>
            "computed from nothing: the result depends on the two addresses alone",
        SkbChecksumState.Partial when request.ChangesAddress =>
            "defect B: the field is a finished checksum, yet it is treated as a seed; the difference enters with the "
            + "wrong sign",
        SkbChecksumState.Complete when request.ChangesAddress =>
            "skb->csum, the device's sum of the packet, follows by the same difference; it stays inside the host",
        _ => null,
    };

    /// <summary>Why a port's change is not seen in an unfinished checksum.</summary>
    private static string PortOfPartial(NatRequest request) =>
        request.OwnSeed ? "the device sums the port itself, with the rest of the segment"
            : request.Checksum == 0 ? "the port never enters"
            : "defect B: the field is a finished checksum and stays right for the old port";

    private static ushort ReplacePort(NatRequest request, ushort check, StepList steps)
    {
        const string Function = "inet_proto_csum_replace2(not pseudohdr)";
        ushort old = request.OldPort ?? request.NewPort ?? 0, now = request.NewPort ?? old;
        string input = $"check {Hex(check)}, {(request.ChangesPort ? $"port {old} -> {now}" : "port kept")}";
        if (request.State == SkbChecksumState.Partial)
        {
            steps.Add(
                Function,
                input,
                "none: ip_summed == CHECKSUM_PARTIAL",
                Hex(check),
                request.ChangesPort ? PortOfPartial(request) : null);
            return check;
        }

        ushort result = (ushort)~OnesComplement.Fold(Add(Add(~(uint)check, ~(uint)old), now));
        steps.Add(Function, input, request.ChangesPort || old != 0 ? $"~fold(~{Hex(check)} + ~{Hex(old)} + {Hex(now)})"
            : "no change", Hex(result));
        return result;
    }

    private static (ChecksumCause Cause, string Explanation) Explain(NatRequest request, ushort check, ushort right,
        StepList steps)
    {
        if (request.State == SkbChecksumState.Partial && request.OwnSeed)
        {
            steps.Add(
                "device, or skb_checksum_help",
                $"seed {Hex(check)}",
                "~fold(seed + segment)",
                "a right checksum",
                "CHECKSUM_PARTIAL: from csum_start to the end of the packet, after NAT; a capture before the device "
                + "shows the seed");
            return (ChecksumCause.OffloadPending,
                $"The seed {Hex(check)} fits the new address; the device completes it. A capture taken before that "
                + $"calls it bad, and it is not.");
        }

        if (Equal(check, right, request.IsTcp))
        {
            return (ChecksumCause.None, check == 0 && !request.IsTcp
                ? "No checksum goes out: the receiver does not verify."
                : $"{Hex(check)} reaches the wire: NAT keeps a right checksum right.");
        }

        return request.Checksum == 0
            ? (ChecksumCause.NatZeroChecksum,
                $"Defect A: {Hex(check)} reaches the wire in place of no checksum, the same for every packet between "
                + $"these addresses. The receiver verifies it and drops the packet.")
            : (ChecksumCause.NatLocalChecksum,
                $"Defect B: {Hex(check)} reaches the wire, {Hex(right)} would be right. The receiver drops the "
                + $"packet.");
    }

    /// <summary>csum_add: 32 bits with the carry added back.</summary>
    private static uint Add(uint left, uint right)
    {
        ulong sum = (ulong)left + right;
        return (uint)(sum + (sum >> 32));
    }

    // Any address gives the same result where it is kept.
    private static uint[] Words32(IPAddress? address)
    {
        byte[] bytes = address?.GetAddressBytes() ?? new byte[4];
        uint[] words = new uint[bytes.Length / 4];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(i * 4));
        }

        return words;
    }

    private static string Name(SkbChecksumState state) => $"CHECKSUM_{state.ToString().ToUpperInvariant()}";
}
