using System.Runtime.InteropServices;
using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.Pcap;

/// <summary>
/// Has the kernel choose a packet socket's frames at random, before it copies them: in front of the filter that libpcap
/// put there stands one instruction that draws a number, which every kernel since 3.16 knows (SKF_AD_RANDOM). No right
/// is needed beyond that to capture.
/// </summary>
internal sealed class SocketSample
{
    // linux/filter.h, asm-generic/socket.h: SO_ATTACH_FILTER and SO_GET_FILTER are one number.
    private const int SocketLevel = 1, Filter = 26, MostInstructions = 4096;
    private const ushort LoadWord = 0x20, JumpIfAtLeast = 0x35, Return = 0x06;
    private const uint RandomNumber = 0xffff_f000 + 56;

    private readonly int _socket;

    /// <summary>What libpcap put there; only a length where that is nothing.</summary>
    private readonly Instruction[] _filter;

    /// <param name="socket">Of the capture, filter and all.</param>
    /// <param name="snapLength">Bytes of each frame, where no filter says so.</param>
    public SocketSample(int socket, int snapLength)
    {
        _socket = socket;
        var filter = new Instruction[MostInstructions];
        uint count = MostInstructions;
        _filter = Libc.GetSocketFilter(socket, SocketLevel, Filter, filter, ref count) == 0 && count > 0
            ? filter[..(int)count] : [new Instruction(Return, 0, 0, (uint)snapLength)];
    }

    /// <summary>From now on one frame in so many comes through. Where the kernel refuses, all come: the reader leaves
    /// out what is too much.</summary>
    public unsafe void Narrow(uint oneIn)
    {
        Instruction[] code = oneIn <= 1 ? _filter
            : [
                new Instruction(LoadWord, 0, 0, RandomNumber),
                new Instruction(JumpIfAtLeast, 0, 1, uint.MaxValue / oneIn),
                new Instruction(Return, 0, 0, 0),
                .. _filter,
            ];
        fixed (Instruction* first = code)
        {
            var program = new Program { Length = (ushort)code.Length, First = (nint)first };
            _ = Libc.SetSocketFilter(_socket, SocketLevel, Filter, in program, (uint)sizeof(Program));
        }
    }

    /// <summary>struct sock_filter.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Program
    {
        public ushort Length;
        public nint First;
    }
}
