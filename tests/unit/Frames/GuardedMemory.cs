using System.ComponentModel;
using System.Runtime.InteropServices;
using Xunit;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>Memory between two pages that nobody may touch: a read before its first byte or behind its last ends the
/// process.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int ProtNone = 0, ProtReadWrite = 3, MapPrivateAnonymous = 0x22;

    private readonly nint _map;
    private readonly nuint _mapSize;

    public GuardedMemory(int size)
    {
        int page = Environment.SystemPageSize;
        Size = (size + page - 1) / page * page;
        _mapSize = (nuint)(Size + (2 * page));
        _map = Mmap(0, _mapSize, ProtNone, MapPrivateAnonymous, -1, 0);
        Start = (byte*)_map + page;
        if (_map == -1 || Mprotect(_map + page, (nuint)Size, ProtReadWrite) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public byte* Start { get; }

    public byte* End => Start + Size;

    public int Size { get; }

    public static GuardedMemory OrSkip(int size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "guard pages are made with Linux's mmap");
        return new GuardedMemory(size);
    }

    public void Dispose() => _ = Munmap(_map, _mapSize);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Mmap(nint address, nuint length, int protection, int flags, int descriptor,
        nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Mprotect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Munmap(nint address, nuint length);
}
