using System.Runtime.InteropServices;

namespace VxlanCsum.Node.Interop;

/// <summary>What the kernel says of a file that .NET does not: statx(2).</summary>
/// <param name="Mode">Its type and permissions, as st_mode has them.</param>
/// <param name="Owner">The number of its user.</param>
internal readonly record struct FileStatus(int Mode, uint Owner)
{
    private const int TypeMask = 0xf000, Regular = 0x8000;

    /// <summary>No folder, device, pipe or socket.</summary>
    public bool IsRegular => (Mode & TypeMask) == Regular;

    /// <summary>Of what a path leads to; null where there is nothing, or this is not Linux.</summary>
    public static FileStatus? Of(string path)
    {
        const int FromHere = -100, StructLength = 256, OwnerAt = 20, ModeAt = 28;
        const uint WantType = 1, WantMode = 2, WantOwner = 8;
        Span<byte> status = stackalloc byte[StructLength];
        status.Clear();
        return OperatingSystem.IsLinux() && Libc.Statx(FromHere, path, 0, WantType | WantMode | WantOwner, status) == 0
            ? new FileStatus(MemoryMarshal.Read<ushort>(status[ModeAt..]), MemoryMarshal.Read<uint>(status[OwnerAt..]))
            : null;
    }
}
