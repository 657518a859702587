using System.Runtime.InteropServices;

namespace VxlanCsum.Node.Interop;

/// <summary>What the kernel says of a file that .NET does not: statx(2).</summary>
/// <param name="Mode">Its type and permissions, as st_mode has them.</param>
/// <param name="Owner">The number of its user.</param>
/// <param name="Group">The number of its group.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="Number">Its inode's, which for a namespace is the number that the kernel calls it by.</param>
internal readonly record struct FileStatus(int Mode, uint Owner, uint Group, uint Links, ulong Number)
{
    private const int TypeMask = 0xf000, Regular = 0x8000, FolderType = 0x4000, LinkType = 0xa000,
        PipeType = 0x1000, SocketType = 0xc000;
    private const int StructLength = 256, LinksAt = 16, OwnerAt = 20, GroupAt = 24, ModeAt = 28, NumberAt = 32;
    private const int NoFollow = 0x100, EmptyPath = 0x1000;

    /// <summary>STATX_TYPE, _MODE, _NLINK, _UID, _GID and _INO.</summary>
    private const uint Wanted = 0x11f;

    private static volatile bool s_isOld;

    /// <summary>No folder, device, pipe or socket.</summary>
    public bool IsRegular => (Mode & TypeMask) == Regular;

    public bool IsPipe => (Mode & TypeMask) == PipeType;

    /// <summary>What it is, in words.</summary>
    public string Kind => (Mode & TypeMask) switch
    {
        Regular => "a file",
        FolderType => "a folder",
        LinkType => "a symbolic link",
        PipeType => "a pipe",
        SocketType => "a socket",
        _ => "a device",
    };

    public bool IsFolder => (Mode & TypeMask) == FolderType;

    public bool IsSymbolicLink => (Mode & TypeMask) == LinkType;

    /// <summary>The twelve bits that chmod sets.</summary>
    public uint Permissions => (uint)Mode & 0xfff;

    /// <summary>Group or others may write to it.</summary>
    public bool IsOpenToOthers => (Mode & 0b000_010_010) != 0;

    /// <summary>Of a folder: only a file's owner may remove or rename it.</summary>
    public bool IsSticky => (Mode & 0x200) != 0;

    /// <summary>It belongs to root, or to whom this process works for.</summary>
    public bool IsOurs => Owner == 0 || Owner == Libc.GetEffectiveUser();

    /// <summary>Of what a path leads to; null where there is nothing, or this is not Linux.</summary>
    public static FileStatus? Of(string path)
    {
        Span<byte> status = stackalloc byte[StructLength];
        status.Clear();
        return OperatingSystem.IsLinux() ? Ask(Libc.FromHere, path, 0, status) : null;
    }

    /// <summary>Of what is open.</summary>
    public static FileStatus Of(DescriptorHandle open) => In(open, string.Empty, EmptyPath)
        ?? throw new IOException(Errno.Describe(Marshal.GetLastPInvokeError()));

    /// <summary>Of a name in a folder, a link's own; null where there is none.</summary>
    /// <exception cref="IOException">It cannot be told.</exception>
    public static FileStatus? In(DescriptorHandle folder, string name) => In(folder, name, NoFollow);

    private static FileStatus? In(DescriptorHandle folder, string name, int flags)
    {
        Span<byte> status = stackalloc byte[StructLength];
        status.Clear();
        bool added = false;
        try
        {
            folder.DangerousAddRef(ref added);
            return Ask((int)folder.DangerousGetHandle(), name, flags, status) is { } found ? found
                : Marshal.GetLastPInvokeError() is var error && error == Errno.NoEntry ? null
                : throw (Errno.IsPermission(error) ? new UnauthorizedAccessException(Errno.Describe(error))
                    : new IOException(Errno.Describe(error)));
        }
        finally
        {
            if (added)
            {
                folder.DangerousRelease();
            }
        }
    }

    /// <summary>By statx; where the C library (before glibc 2.28) or the kernel (before 4.11) has none, by the call
    /// that came before it. Null leaves the error behind.</summary>
    private static FileStatus? Ask(int folder, string path, int flags, Span<byte> status)
    {
        if (!s_isOld)
        {
            try
            {
                if (Libc.Statx(folder, path, flags, Wanted, status) == 0)
                {
                    return Read(status);
                }

                if (Marshal.GetLastPInvokeError() != Errno.NoCall)
                {
                    return null;
                }
            }
            catch (EntryPointNotFoundException)
            {
                // Told below.
            }

            s_isOld = true;
        }

        return AskOld(folder, path, flags);
    }

    /// <summary>newfstatat(2), whose struct stat is the processor's.</summary>
    internal static FileStatus? AskOld(int folder, string path, int flags)
    {
        Span<byte> status = stackalloc byte[StructLength];
        status.Clear();
        bool arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        if (Libc.SystemCall(arm ? 79 : 262, folder, path, status, flags) != 0)
        {
            return null;
        }

        // x86-64: dev, ino, nlink (8 each), mode, uid, gid; arm64: dev, ino (8 each), mode, nlink, uid, gid.
        int mode = MemoryMarshal.Read<int>(status[(arm ? 16 : 24)..]);
        uint links = arm ? MemoryMarshal.Read<uint>(status[20..]) : (uint)MemoryMarshal.Read<ulong>(status[16..]);
        int owner = arm ? 24 : 28;
        return new FileStatus(mode, MemoryMarshal.Read<uint>(status[owner..]),
            MemoryMarshal.Read<uint>(status[(owner + 4)..]), links, MemoryMarshal.Read<ulong>(status[8..]));
    }

    private static FileStatus Read(ReadOnlySpan<byte> status) => new(
        MemoryMarshal.Read<ushort>(status[ModeAt..]), MemoryMarshal.Read<uint>(status[OwnerAt..]),
        MemoryMarshal.Read<uint>(status[GroupAt..]), MemoryMarshal.Read<uint>(status[LinksAt..]),
        MemoryMarshal.Read<ulong>(status[NumberAt..]));
}
