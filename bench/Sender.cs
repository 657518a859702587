using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace VxlanCsum.Bench;

/// <summary>Sends small tunnel frames out of an interface at a given rate: what bench/rate has watchers keep up
/// with.</summary>
/// <remarks>By packet(7) and sendmmsg(2), past the queueing discipline. On a veth pair the sender's processor carries each frame
/// up to the watcher's buffer.</remarks>
internal static unsafe partial class Sender
{
    private const int Packet = 17, Raw = 3, SolPacket = 263, QdiscBypass = 20, Batch = 32, Kinds = 4096;

    /// <param name="args">The interface, packets a second (0: as many as can be), seconds.</param>
    public static int Run(string[] args)
    {
        long rate = long.Parse(args[1], CultureInfo.InvariantCulture);
        double seconds = double.Parse(args[2], CultureInfo.InvariantCulture);
        int socket = Open(args[0]);
        byte* frames = (byte*)NativeMemory.AlignedAlloc(Kinds * Inputs.SmallFrame, 64);
        for (int n = 0; n < Kinds; n++)
        {
            Inputs.FillSmall(new Span<byte>(frames + (n * Inputs.SmallFrame), Inputs.SmallFrame), n);
        }

        Vector* parts = (Vector*)NativeMemory.AllocZeroed(Kinds, (nuint)sizeof(Vector));
        Message* messages = (Message*)NativeMemory.AllocZeroed(Kinds, (nuint)sizeof(Message));
        for (int n = 0; n < Kinds; n++)
        {
            parts[n] = new Vector { Base = frames + (n * Inputs.SmallFrame), Length = Inputs.SmallFrame };
            messages[n] = new Message { Parts = parts + n, PartCount = 1 };
        }

        long sent = 0, refused = 0, started = Stopwatch.GetTimestamp();
        double elapsed;
        while ((elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds) < seconds)
        {
            if (rate > 0 && sent >= elapsed * rate)
            {
                continue;
            }

            int next = (int)(sent % Kinds), done = SendMany(socket, messages + next, Math.Min(Batch, Kinds - next), 0);
            sent += Math.Max(done, 0);
            refused += done < 0 ? 1 : 0;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sent} {sent / elapsed:F0} {refused}"));
        return 0;
    }

    private static int Open(string name)
    {
        int socket = OpenSocket(Packet, Raw, 0), yes = 1;
        LinkAddress address = new() { Family = Packet, Index = (int)IndexOf(name) };
        return socket >= 0 && address.Index > 0 && SetOption(socket, SolPacket, QdiscBypass, &yes, sizeof(int)) == 0
            && Bind(socket, &address, sizeof(LinkAddress)) == 0
            ? socket
            : throw new IOException($"{name}: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial uint IndexOf(string name);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int socket, int level, int name, int* value, int length);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, LinkAddress* address, int length);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMany(int socket, Message* messages, int count, int flags);

    /// <summary>iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary>mmsghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        public void* Name;
        public int NameLength;
        public Vector* Parts;
        public nuint PartCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
        public uint Sent;
    }

    /// <summary>sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LinkAddress
    {
        public ushort Family, Protocol;
        public int Index;
        public ushort HardwareType;
        public byte PacketType, Length;
        public ulong Hardware;
    }
}
