using Microsoft.Win32.SafeHandles;
using VxlanCsum.Text;

namespace VxlanCsum.Captures.Files;

/// <summary>Reads a file from an offset on without moving the handle's own position, so that several can share one
/// handle.</summary>
internal sealed class HandleStream(SafeFileHandle handle, long offset) : ForwardStream
{
    private long _offset = offset;

    public override int Read(Span<byte> buffer)
    {
        int read = RandomAccess.Read(handle, buffer, _offset);
        _offset += read;
        return read;
    }
}
