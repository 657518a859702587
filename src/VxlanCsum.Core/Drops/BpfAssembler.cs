using System.Buffers.Binary;

namespace VxlanCsum.Drops;

/// <summary>Puts a BPF program together, instruction by instruction (linux/bpf.h, and the kernel's instruction-set
/// document).</summary>
internal sealed class BpfAssembler
{
    /// <summary>BPF_CALL: a helper of the kernel, by its number.</summary>
    private const byte CallOp = 0x85, ExitOp = 0x95, LoadImmediate64 = 0x18, JumpAlways = 0x05, AtomicAdd64 = 0xdb;
    private const byte MoveImmediate = 0xb7, MoveImmediate32 = 0xb4, MoveRegister = 0xbf, AddImmediate = 0x07,
        AddRegister = 0x0f, SubtractRegister = 0x1f,
        OrRegister = 0x4f, ShiftLeft = 0x67, ShiftRight = 0x77;
    private const int InstructionLength = 8;

    /// <summary>BPF_PSEUDO_MAP_FD: the number is a descriptor of a map, which the kernel replaces.</summary>
    private const byte MapDescriptor = 1;

    private readonly List<ulong> _code = [];
    private readonly Dictionary<string, int> _labels = [];
    private readonly List<(int Instruction, string Label)> _jumps = [];

    /// <summary>So many instructions have been put together.</summary>
    public int Count => _code.Count;

    public BpfAssembler Move(BpfRegister to, BpfRegister from) => Emit(MoveRegister, to, from);

    public BpfAssembler Move(BpfRegister to, int value) => Emit(MoveImmediate, to, default, 0, value);

    /// <summary>The lower half; the upper one becomes zero.</summary>
    public BpfAssembler Move32(BpfRegister to, uint value) =>
        Emit(MoveImmediate32, to, default, 0, unchecked((int)value));

    public BpfAssembler Add(BpfRegister to, BpfRegister from) => Emit(AddRegister, to, from);

    public BpfAssembler Add(BpfRegister to, int value) => Emit(AddImmediate, to, default, 0, value);

    public BpfAssembler Subtract(BpfRegister from, BpfRegister what) => Emit(SubtractRegister, from, what);

    public BpfAssembler Or(BpfRegister to, BpfRegister from) => Emit(OrRegister, to, from);

    public BpfAssembler Left(BpfRegister to, int bits) => Emit(ShiftLeft, to, default, 0, bits);

    public BpfAssembler Right(BpfRegister to, int bits) => Emit(ShiftRight, to, default, 0, bits);

    /// <summary>Reads what stands at an address.</summary>
    public BpfAssembler Load(BpfSize size, BpfRegister to, BpfRegister address, short offset = 0) =>
        Emit((byte)(0x61 | (byte)size), to, address, offset);

    /// <summary>Writes to an address.</summary>
    public BpfAssembler Store(BpfSize size, BpfRegister address, short offset, BpfRegister value) =>
        Emit((byte)(0x63 | (byte)size), address, value, offset);

    /// <summary>Writes a number to an address.</summary>
    public BpfAssembler Store(BpfSize size, BpfRegister address, short offset, int value) =>
        Emit((byte)(0x62 | (byte)size), address, default, offset, value);

    /// <summary>Adds to the 64 bits at an address, whoever else does so at the same time.</summary>
    public BpfAssembler Increase(BpfRegister address, BpfRegister by) => Emit(AtomicAdd64, address, by);

    /// <summary>Goes on elsewhere where the condition holds for the lower half of the register.</summary>
    public BpfAssembler JumpIf(BpfJump condition, BpfRegister left, uint right, string label)
    {
        _jumps.Add((_code.Count, label));
        return Emit((byte)(0x06 | (byte)condition), left, default, 0, unchecked((int)right));
    }

    /// <summary>Goes on elsewhere where the condition holds for all of the register.</summary>
    public BpfAssembler JumpIf64(BpfJump condition, BpfRegister left, int right, string label)
    {
        _jumps.Add((_code.Count, label));
        return Emit((byte)(0x05 | (byte)condition), left, default, 0, right);
    }

    public BpfAssembler Jump(string label)
    {
        _jumps.Add((_code.Count, label));
        return Emit(JumpAlways, default);
    }

    /// <summary>Here jumps to this label go on.</summary>
    public BpfAssembler Label(string label)
    {
        _labels.Add(label, _code.Count);
        return this;
    }

    /// <summary>A map, of which this process has the descriptor.</summary>
    public BpfAssembler LoadMap(BpfRegister to, int descriptor) =>
        Emit(LoadImmediate64, to, (BpfRegister)MapDescriptor, 0, descriptor).Emit(0, default);

    public BpfAssembler Call(BpfHelper helper) => Emit(CallOp, default, default, 0, (int)helper);

    public BpfAssembler Exit() => Emit(ExitOp, default);

    /// <summary>The program as the kernel takes it.</summary>
    public byte[] Assemble()
    {
        byte[] program = new byte[_code.Count * InstructionLength];
        foreach ((int instruction, string label) in _jumps)
        {
            // Counted from the instruction behind the jump.
            short offset = checked((short)(_labels[label] - instruction - 1));
            _code[instruction] = (_code[instruction] & ~0xffff_0000UL) | ((ulong)(ushort)offset << 16);
        }

        _jumps.Clear();
        for (int i = 0; i < _code.Count; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(program.AsSpan(i * InstructionLength), _code[i]);
        }

        return program;
    }

    private BpfAssembler Emit(byte operation, BpfRegister to, BpfRegister from = default, short offset = 0,
        int value = 0)
    {
        _code.Add(operation | ((ulong)to << 8) | ((ulong)from << 12) | ((ulong)(ushort)offset << 16)
            | ((ulong)(uint)value << 32));
        return this;
    }
}

/// <summary>R0: results; R1 to R5: arguments, gone after a call; R6 to R9: kept; R10: the end of the stack.</summary>
internal enum BpfRegister : byte
{
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
    R9,
    R10,
}

/// <summary>How much is read or written.</summary>
internal enum BpfSize : byte
{
    Size32 = 0x00,
    Size16 = 0x08,
    Size8 = 0x10,
    Size64 = 0x18,
}

/// <summary>When a jump is taken; unsigned.</summary>
internal enum BpfJump : byte
{
    Equal = 0x10,
    NotEqual = 0x50,
    AtMost = 0xb0,
}

/// <summary>What the kernel does for a program (BPF_FUNC_*).</summary>
internal enum BpfHelper
{
    MapLookup = 1,
    Monotonic = 5,
    SkbOutput = 111,
    ProbeReadKernel = 113,
}
