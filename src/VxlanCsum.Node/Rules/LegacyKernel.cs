using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.Node.Rules;

/// <summary>Given a table while its bytes are there.</summary>
internal delegate void LegacyTableHandler(LegacyTable table);

/// <summary>
/// Asks the kernel for a table of iptables-legacy, as iptables-legacy itself does. That takes the answer apart into
/// lists of its own, and so twice the memory: 119 MB for 101,000 rules, of which the answer is 60.
/// </summary>
internal sealed unsafe class LegacyKernel : IDisposable
{
    private const int RawProtocol = 255, GetInfo = 64, GetEntries = 65, SetOption = 83, Attempts = 5;
    private const uint SetByIndex = 7, SetProtocol = 6, LargestTable = 1u << 30;

    // struct ipt_getinfo: name, valid hooks, their first and last entries, how many entries there are and their bytes.
    private const int NameLength = 32, CountAt = 76, SizeAt = 80, InfoLength = 84,
        EntriesAt = 40;

    private readonly LegacyLayout _layout;
    private readonly DescriptorHandle _socket;

    private LegacyKernel(LegacyLayout layout, DescriptorHandle socket)
    {
        _layout = layout;
        _socket = socket;
    }

    /// <summary>Null where such a socket is not given: it needs CAP_NET_RAW.</summary>
    public static LegacyKernel? Open(NetfilterFamily family)
    {
        LegacyLayout layout = LegacyLayout.Of(family);
        DescriptorHandle socket = NamespaceSocket.Open(layout.SocketFamily, Libc.RawSocket, RawProtocol, out _);
        if (!socket.IsInvalid)
        {
            return new LegacyKernel(layout, socket);
        }

        socket.Dispose();
        return null;
    }

    /// <summary>How many entries a table has: its rules, and two for each chain of its own. 0 where the kernel does not
    /// tell.</summary>
    public uint Entries(string table) => Info(table) is { } info ? info.AsSpan().Number(CountAt) : 0;

    /// <summary>Hands over a table as it is at one moment; false where the kernel does not give it.</summary>
    public bool Read(string table, LegacyTableHandler handle)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (Info(table) is not { } info || info.AsSpan().Number(SizeAt) is var size && size > LargestTable)
            {
                return false;
            }

            int error = ReadOnce(table, info, handle);
            if (error != Errno.Again)
            {
                return error == 0;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>errno. Errno.Again where the table was changed between the two questions.</summary>
    private int ReadOnce(string table, byte[] info, LegacyTableHandler handle)
    {
        uint size = info.AsSpan().Number(SizeAt), length = size + EntriesAt;
        void* memory = NativeMemory.AllocZeroed(length);
        try
        {
            Span<byte> answer = new(memory, (int)length);
            Encoding.ASCII.GetBytes(table, answer);
            MemoryMarshal.Write(answer[NameLength..], size);
            if (Libc.GetSocketOption(_socket, _layout.SocketLevel, GetEntries, answer, ref length) != 0)
            {
                return Marshal.GetLastPInvokeError();
            }

            ReadOnlySpan<uint> places = MemoryMarshal.Cast<byte, uint>(info.AsSpan(NameLength..CountAt));
            handle(new LegacyTable(_layout, table, answer[EntriesAt..(int)length], places, SetName));
            return 0;
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private byte[]? Info(string table)
    {
        byte[] info = new byte[InfoLength];
        uint length = InfoLength;
        Encoding.ASCII.GetBytes(table, info);
        return Libc.GetSocketOption(_socket, _layout.SocketLevel, GetInfo, info, ref length) == 0
            && length == InfoLength ? info : null;
    }

    /// <summary>The name of a set of ipset; rules hold its number (struct ip_set_req_get_set).</summary>
    private string? SetName(ushort index)
    {
        Span<byte> asked = stackalloc byte[2 * sizeof(uint) + NameLength];
        asked.Clear();
        uint length = (uint)asked.Length;
        MemoryMarshal.Write(asked, SetByIndex);
        MemoryMarshal.Write(asked[sizeof(uint)..], SetProtocol);
        MemoryMarshal.Write(asked[(2 * sizeof(uint))..], index);
        ReadOnlySpan<byte> name = asked[(2 * sizeof(uint))..];
        return Libc.GetSocketOption(_socket, LegacyLayout.IPv4.SocketLevel, SetOption, asked, ref length) == 0
            && name.Name() is { Length: > 0 } found ? Encoding.UTF8.GetString(found) : null;
    }
}
