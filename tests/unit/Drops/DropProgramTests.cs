using System.Buffers.Binary;
using VxlanCsum.Drops;
using Xunit;
using static VxlanCsum.Drops.BpfRegister;

namespace VxlanCsum.UnitTests.Drops;

/// <summary>Instructions as the kernel's instruction-set document has them. Whether the kernel takes the program,
/// tests/lab asks it.</summary>
public sealed class DropProgramTests
{
    [Fact]
    public void InstructionsAreThoseOfTheKernelsDocument()
    {
        byte[] code = new BpfAssembler()
            .Move(R6, R1).Move(R2, 88).Move32(R1, uint.MaxValue).Load(BpfSize.Size64, R7, R6, 16)
            .Load(BpfSize.Size16, R1, R8, 180)
            .Store(BpfSize.Size32, R10, -8, R7).Store(BpfSize.Size64, R10, -136, 0).Increase(R0, R1).LoadMap(R2, 5)
            .Call(BpfHelper.SkbOutput).Exit().Assemble();
        string[] expected =
        [
            "bf16000000000000", "b702000058000000", "b4010000ffffffff", "7967100000000000", "6981b40000000000",
            "637af8ff00000000", "7a0a78ff00000000", "db10000000000000", "1812000005000000", "0000000000000000",
            "850000006f000000", "9500000000000000",
        ];
        Assert.Equal(expected, code.Chunk(8).Select(static i => Convert.ToHexStringLower(i)));
    }

    [Fact]
    public void JumpsAreCountedFromBehindThem()
    {
        byte[] code = new BpfAssembler().Label("start").JumpIf(BpfJump.Equal, R7, 11, "end")
            .JumpIf64(BpfJump.NotEqual, R0, 0, "start").Jump("end").Label("end").Exit().Assemble();
        Assert.Equal(["160702000b000000", "5500feff00000000", "0500000000000000", "9500000000000000"],
            code.Chunk(8).Select(static i => Convert.ToHexStringLower(i)));
    }

    [Theory]
    [InlineData("debian-5.10.251")]
    [InlineData("debian-6.1.176")]
    [InlineData("debian-6.12.117")]
    public void EveryJumpLeadsForwardIntoTheProgram(string kernel)
    {
        byte[] code = new DropProgram(DropLayoutTests.Read(kernel))
        {
            NetworkNamespace = 4026531840,
            Ports = [4789, 8472]
        }.Assemble(3, 4);
        int count = code.Length / 8;
        Assert.InRange(count, 40, 120);
        for (int i = 0; i < count; i++)
        {
            // BPF_JMP and BPF_JMP32, but for calls and exits.
            byte operation = code[i * 8];
            if ((operation & 7) is 5 or 6 && operation is not (0x85 or 0x95))
            {
                Assert.InRange(i + 1 + BinaryPrimitives.ReadInt16LittleEndian(code.AsSpan((i * 8) + 2)), i + 1,
                    count - 1);
            }
        }
    }
}
