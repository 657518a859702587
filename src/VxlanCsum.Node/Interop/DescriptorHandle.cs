using System.Runtime.InteropServices;

namespace VxlanCsum.Node.Interop;

/// <summary>A file descriptor that is closed exactly once.</summary>
internal sealed class DescriptorHandle() : SafeHandle(-1, ownsHandle: true)
{
    // libc returns an int: the upper half of the register that the marshaller reads is not to be relied on.
    public int Number => unchecked((int)handle);

    public override bool IsInvalid => Number < 0;

    protected override bool ReleaseHandle() => Libc.Close(Number) == 0;
}
