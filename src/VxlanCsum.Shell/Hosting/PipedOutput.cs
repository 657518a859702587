using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VxlanCsum.Shell.Hosting;

/// <summary>
/// Standard output into a pipe. The runtime's own console stream drops what nobody reads any more without a word, and
/// <c>vxlancsum ... | head</c> would read the whole of a capture for nothing; a file stream says so.
/// </summary>
internal static class PipedOutput
{
    /// <summary>Puts it in the console's place where standard output is a pipe or a socket.</summary>
    public static void Install()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return;
        }

        FileStream stream = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);

        // A file's place is shared with the programs that we start, and only the console's stream leaves it to the kernel.
        if (!stream.CanSeek)
        {
            Console.SetOut(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
        }
    }
}
