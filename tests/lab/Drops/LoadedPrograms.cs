using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Node.Drops;

namespace VxlanCsum.LabTests.Drops;

/// <summary>Which BPF programs the kernel has, as `bpftool prog` would list them.</summary>
public static unsafe partial class LoadedPrograms
{
    // BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID, BPF_OBJ_GET_INFO_BY_FD; struct bpf_prog_info has its name at 64.
    private const int NextId = 11, ById = 13, Info = 15, AttributeLength = 64, InfoLength = 232, NameAt = 64,
        NameLength = 16;

    private static nint BpfNumber => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 321 : 280;

    /// <summary>Programs of Watch-ChecksumDrop.</summary>
    public static int Count()
    {
        int count = 0;
        byte* attribute = stackalloc byte[AttributeLength];
        for (uint id = 0; ; count += NameOf(id) == KernelDrops.ProgramName ? 1 : 0)
        {
            new Span<byte>(attribute, AttributeLength).Clear();
            *(uint*)attribute = id;
            if (Bpf(BpfNumber, NextId, attribute, AttributeLength) != 0)
            {
                return count;
            }

            id = *(uint*)(attribute + 4);
        }
    }

    /// <summary>Those that another test or its ended process holds go when the kernel has closed what they hung
    /// on.</summary>
    public static bool WaitForNone() => SpinWait.SpinUntil(static () => Count() == 0, TimeSpan.FromSeconds(30));

    private static string? NameOf(uint id)
    {
        byte* attribute = stackalloc byte[AttributeLength];
        new Span<byte>(attribute, AttributeLength).Clear();
        *(uint*)attribute = id;
        int program = (int)Bpf(BpfNumber, ById, attribute, AttributeLength);
        if (program < 0)
        {
            return null;
        }

        byte* info = stackalloc byte[InfoLength];
        new Span<byte>(info, InfoLength).Clear();
        new Span<byte>(attribute, AttributeLength).Clear();
        *(int*)attribute = program;
        *(uint*)(attribute + 4) = InfoLength;
        *(ulong*)(attribute + 8) = (ulong)info;
        nint told = Bpf(BpfNumber, Info, attribute, AttributeLength);
        _ = Close(program);
        return told == 0 ? Encoding.ASCII.GetString(info + NameAt, NameLength).TrimEnd('\0') : null;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Bpf(nint number, int command, byte* attribute, uint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
