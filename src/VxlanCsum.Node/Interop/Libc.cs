using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace VxlanCsum.Node.Interop;

/// <summary>The calls of libc that .NET has no name for. Each sets errno, to be read by
/// <see cref="Marshal.GetLastPInvokeError"/>.</summary>
internal static partial class Libc
{
    public const int ReadOnly = 0, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, NonBlocking = 0x800,
        CloseOnExec = 0x80000,
        PathOnly = 0x200000;

    /// <summary>O_DIRECTORY and O_NOFOLLOW, which ARM numbers otherwise.</summary>
    public static readonly int Folder = IsArm ? 0x4000 : 0x10000, NoFollow = IsArm ? 0x8000 : 0x20000;

    /// <summary>AT_FDCWD: a path is meant as the process sees it.</summary>
    public const int FromHere = -100;

    /// <summary>LOCK_EX | LOCK_NB.</summary>
    public const int LockAtOnce = 6;

    /// <summary>RLIMIT_MEMLOCK, and RLIM_INFINITY.</summary>
    public const int LockedMemory = 8;
    public const ulong Unlimited = ulong.MaxValue;

    public const int CloneNewNet = 0x40000000;

    /// <summary>NS_GET_NSTYPE of linux/nsfs.h.</summary>
    public const nuint GetNamespaceType = 0xb703;

    private const int ReadAndWrite = 3, Shared = 1;

    public const int InternetFamily = 2, NetlinkFamily = 16, DatagramSocket = 2, RawSocket = 3;

    /// <summary>MSG_TRUNC: recv returns the length of the datagram, also where the buffer is shorter.</summary>
    public const int TruncatedLength = 0x20;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial DescriptorHandle Open(string path, int flags);

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial DescriptorHandle OpenAt(DescriptorHandle folder, string name, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFolderAt(DescriptorHandle folder, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnlinkAt(DescriptorHandle folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(DescriptorHandle from, string name, DescriptorHandle to, string newName);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LinkAt(DescriptorHandle from, string name, DescriptorHandle to, string newName,
        int flags);

    [LibraryImport("libc", EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SymbolicLinkAt(string target, DescriptorHandle folder, string name);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLinkAt(DescriptorHandle folder, string name, Span<byte> target, nuint length);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(SafeFileHandle file, uint mode);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    /// <summary>The copy is inherited by programs that are started.</summary>
    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    public static partial DescriptorHandle Duplicate(SafeFileHandle descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(DescriptorHandle descriptor);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    public static partial uint GetEffectiveGroup();

    /// <summary>statx(2); struct statx is 256 bytes.</summary>
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Statx(int folder, string path, int flags, uint mask, Span<byte> result);

    /// <summary>syscall(2), for newfstatat: glibc before 2.33 exports no such function by that name.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint SystemCall(nint number, nint folder, string path, Span<byte> result, nint flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(DescriptorHandle descriptor, nuint request, nint argument);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial DescriptorHandle Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(DescriptorHandle socket, ReadOnlySpan<byte> data, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(DescriptorHandle socket, Span<byte> data, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(DescriptorHandle socket, ReadOnlySpan<byte> address, uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(DescriptorHandle socket, int level, int option, in int value,
        uint length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(DescriptorHandle socket, int level, int option, ref ulong value,
        ref uint length);

    /// <summary>An answer that is read in place: the rules of a table of iptables, say.</summary>
    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(DescriptorHandle socket, int level, int option, Span<byte> value,
        ref uint length);

    /// <summary>A packet socket's filter; the length is in instructions, and 0 where there is none.</summary>
    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketFilter(int socket, int level, int option,
        Span<Pcap.SocketSample.Instruction> filter, ref uint instructions);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketFilter(int socket, int level, int option,
        in Pcap.SocketSample.Program program, uint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(DescriptorHandle descriptor, Span<byte> data, nuint length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(DescriptorHandle descriptor, long offset, int origin);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Polled
    {
        public int Descriptor;
        public short Wanted, Returned;
    }

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref Polled descriptors, nuint count, int milliseconds);

    /// <summary>mmap(2), shared, to read and write; -1 where it fails.</summary>
    public static nint Map(DescriptorHandle descriptor, nuint length) =>
        Mmap(0, length, ReadAndWrite, Shared, descriptor, 0);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    /// <summary>struct rlimit64, now and at most; false where it may not be set.</summary>
    [LibraryImport("libc", EntryPoint = "setrlimit64", SetLastError = true)]
    public static partial int SetLimit(int resource, ReadOnlySpan<ulong> limit);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Mmap(nint address, nuint length, int protection, int flags, DescriptorHandle descriptor,
        nint offset);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(DescriptorHandle descriptor, int type);
}
