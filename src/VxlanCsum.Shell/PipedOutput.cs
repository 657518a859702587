using System.Management.Automation;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VxlanCsum.Shell;

/// <summary>Standard output that goes to no terminal, where it should not be pwsh's.</summary>
internal static class PipedOutput
{
    /// <summary>Puts it in the console's place.</summary>
    public static void Install()
    {
        if (!Console.IsOutputRedirected)
        {
            return;
        }

        // pwsh writes colours into pipes and files, too. Ansible, kubectl logs and monitors show them as they are.
        PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // A file's place is shared with the programs that we start, and only the console's stream leaves it to the
        // kernel.
        StandardOutput stream = new();
        if (!stream.CanSeek)
        {
            Console.SetOut(
                new StreamWriter(stream,
                    new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
                { AutoFlush = true });
        }
    }

    /// <summary>
    /// The runtime's own console stream drops what nobody reads any more without a word, and <c>vxlancsum ... |
    /// head</c> would read the whole of a capture for nothing. Here the pipeline is stopped, as by Ctrl-C: what it has
    /// to take back (rules, captures) is taken back.
    /// </summary>
    private sealed class StandardOutput()
        : FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0)
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                base.Write(buffer);
            }
            catch (IOException gone)
            {
                throw new PipelineStoppedException("The reader of the output has gone.", gone);
            }
        }
    }
}
