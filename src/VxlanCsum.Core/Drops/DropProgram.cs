using static VxlanCsum.Drops.BpfHelper;
using static VxlanCsum.Drops.BpfJump;
using static VxlanCsum.Drops.BpfRegister;
using static VxlanCsum.Drops.BpfSize;

namespace VxlanCsum.Drops;

/// <summary>
/// The program at skb:kfree_skb. It looks at packets that are being dropped and at no others; hands over those dropped
/// for
/// their checksum, whole; and counts them, so that it is known how many did not come through.
/// </summary>
/// <remarks>
/// In such a program (BPF_TRACE_RAW_TP with the kernel's types) the packet's fields are read by plain loads: a pointer
/// that leads
/// nowhere reads as zero. What stands behind plain addresses is copied by bpf_probe_read_kernel.
/// </remarks>
/// <param name="layout">Of the kernel it is to run in.</param>
internal sealed class DropProgram(DropLayout layout)
{
    /// <summary>Says that no program under another licence may be linked with it; the helpers ask for that.</summary>
    public const string License = "Dual MIT/GPL";

    /// <summary>Of the counters: packets that were to be handed over, and those of them for which there was no
    /// room.</summary>
    public const int MatchedCounter = 0, MissedCounter = 1, Counters = 2;

    /// <summary>What a record of perf can hold is counted by 16 bits, and the packet is not all of it.</summary>
    private const int MostOfPacket = 60_000;

    private const byte Udp = 17;

    // The stack: the record, and below it eight bytes for ports and keys.
    private const short Record = -DropRecord.Size, Scratch = Record - 8;
    private const string Wanted = "wanted", End = "end", IsV4 = "v4", IsUdp = "udp", IsTunnel = "tunnel", Fits = "fits";

    /// <summary>The number of the network namespace to watch; null for all.</summary>
    public uint? NetworkNamespace { get; init; }

    /// <summary>Where the kernel does not say why: the UDP ports whose packets are handed over.</summary>
    public IReadOnlyList<ushort> Ports { get; init; } = [];

    /// <summary>Puts it together.</summary>
    /// <param name="records">The perf rings.</param>
    /// <param name="counters">Numbers of 64 bits.</param>
    public byte[] Assemble(int records, int counters)
    {
        var code = new BpfAssembler();
        code.Move(R6, R1);
        Reason(code);
        Place(code);
        Headers(code);
        if (!layout.TellsReason)
        {
            TunnelOnly(code);
        }

        Count(code, counters, MatchedCounter);
        HandOver(code, records);
        code.JumpIf64(Equal, R0, 0, End);
        Count(code, counters, MissedCounter);
        return code.Label(End).Move(R0, 0).Exit().Assemble();
    }

    private static short At(int field) => (short)(Record + field);

    /// <summary>Most packets end here: after a handful of instructions.</summary>
    private void Reason(BpfAssembler code)
    {
        const short ReasonArgument = 16;
        if (!layout.TellsReason)
        {
            code.Store(Size32, R10, At(DropRecord.ReasonAt), 0);
            return;
        }

        code.Load(Size64, R7, R6, ReasonArgument);
        foreach (int reason in layout.Reasons.Keys.Order())
        {
            code.JumpIf(Equal, R7, (uint)reason, Wanted);
        }

        code.Jump(End).Label(Wanted).Store(Size32, R10, At(DropRecord.ReasonAt), R7);
    }

    private void Place(BpfAssembler code)
    {
        code.Load(Size64, R8, R6)
            .Load(Size64, R9, R8, layout.Device)
            .Load(Size32, R1, R9, layout.InterfaceIndex)
            .Store(Size32, R10, At(DropRecord.InterfaceAt), R1)
            .Load(Size64, R1, R9, layout.Net)
            .Load(Size32, R1, R1, layout.NamespaceNumber);
        if (NetworkNamespace is { } number)
        {
            code.JumpIf(NotEqual, R1, number, End);
        }

        code.Store(Size32, R10, At(DropRecord.NamespaceAt), R1);
    }

    /// <summary>The IP header has been passed already where TCP and UDP look at checksums: it is fetched, with where
    /// the packet goes on.</summary>
    private void Headers(BpfAssembler code) => code
        .Load(Size64, R7, R8, layout.Head)
        .Load(Size16, R1, R8, layout.NetworkHeader)
        .Move(R3, R7)
        .Add(R3, R1)
        .Load(Size64, R9, R8, layout.Data)
        .Subtract(R9, R3)
        .Store(Size32, R10, At(DropRecord.PassedAt), R9)
        .Store(Size32, R10, At(DropRecord.SpareAt), 0)
        .Move(R1, R10)
        .Add(R1, At(DropRecord.HeaderAt))
        .Move(R2, DropRecord.HeaderSize)
        .Call(ProbeReadKernel);

    /// <summary>Of all that is dropped, for whatever reason: what goes to a tunnel's port.</summary>
    private void TunnelOnly(BpfAssembler code)
    {
        const short V4Protocol = 9, V6Protocol = 6;
        const int DestinationPort = 2;
        code.Load(Size8, R1, R10, At(DropRecord.HeaderAt))
            .Right(R1, 4)
            .JumpIf(Equal, R1, 4, IsV4)
            .JumpIf(NotEqual, R1, 6, End)
            .Load(Size8, R1, R10, At(DropRecord.HeaderAt + V6Protocol))
            .JumpIf(Equal, R1, Udp, IsUdp)
            .Jump(End)
            .Label(IsV4)
            .Load(Size8, R1, R10, At(DropRecord.HeaderAt + V4Protocol))
            .JumpIf(NotEqual, R1, Udp, End)
            .Label(IsUdp)
            .Load(Size16, R3, R8, layout.TransportHeader)
            .Add(R3, R7)
            .Add(R3, DestinationPort)
            .Store(Size64, R10, Scratch, 0)
            .Move(R1, R10)
            .Add(R1, Scratch)
            .Move(R2, sizeof(ushort))
            .Call(ProbeReadKernel)
            .Load(Size8, R1, R10, Scratch)
            .Left(R1, 8)
            .Load(Size8, R2, R10, Scratch + 1)
            .Or(R1, R2);
        foreach (ushort port in Ports)
        {
            code.JumpIf(Equal, R1, port, IsTunnel);
        }

        code.Jump(End).Label(IsTunnel);
    }

    private static void Count(BpfAssembler code, int counters, int counter) => code
        .Store(Size64, R10, Scratch, 0)
        .Store(Size32, R10, Scratch, counter)
        .LoadMap(R1, counters)
        .Move(R2, R10)
        .Add(R2, Scratch)
        .Call(MapLookup)
        .JumpIf64(Equal, R0, 0, End)
        .Move(R1, 1)
        .Increase(R0, R1);

    private void HandOver(BpfAssembler code, int records)
    {
        const short LocationArgument = 8;
        code.Call(Monotonic)
            .Store(Size64, R10, At(DropRecord.TimeAt), R0)
            .Load(Size64, R1, R6, LocationArgument)
            .Store(Size64, R10, At(DropRecord.LocationAt), R1)
            .Load(Size32, R3, R8, layout.Length)
            .Store(Size32, R10, At(DropRecord.LengthAt), R3)
            .JumpIf(AtMost, R3, MostOfPacket, Fits)
            .Move(R3, MostOfPacket)
            .Label(Fits)

            // How much of the packet, and BPF_F_CURRENT_CPU: this processor's ring.
            .Left(R3, 32)
            .Move32(R1, uint.MaxValue)
            .Or(R3, R1)
            .Move(R1, R8)
            .LoadMap(R2, records)
            .Move(R4, R10)
            .Add(R4, Record)
            .Move(R5, DropRecord.Size)
            .Call(SkbOutput);
    }
}
