using System.Diagnostics;
using VxlanCsum.Node.Errors;

namespace VxlanCsum.Node.Journals;

/// <summary>Held while a node is changed. The system gives it back when the process ends, however it ends.</summary>
internal sealed class JournalLock : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(40);
    private readonly FileStream _file;

    private JournalLock(FileStream file) => _file = file;

    /// <summary>Takes the lock beside a journal.</summary>
    /// <exception cref="NodeException">Another process has it for too long, or the file cannot be made.</exception>
    public static JournalLock Take(string journalPath, TimeSpan timeout, CancellationToken cancellation)
    {
        string path = journalPath + ".lock";
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                // FileShare.None is flock(LOCK_EX | LOCK_NB).
                return new JournalLock(PrivateFiles.Open(path, FileMode.OpenOrCreate, FileShare.None));
            }
            catch (UnauthorizedAccessException e)
            {
                throw Unusable(path, e);
            }
            catch (IOException e) when (e is FileNotFoundException or DirectoryNotFoundException || !File.Exists(path))
            {
                throw Unusable(path, e);
            }
            catch (IOException e) when (Stopwatch.GetElapsedTime(start) >= timeout)
            {
                throw new NodeException(NodeErrorId.MitigationBusy, NodeFailure.Refused, path,
                    $"Another mitigation is being applied or undone; it did not end within {timeout.TotalSeconds:0.#} s. Nothing was changed.",
                    "Try again, or wait longer with -Timeout.", e);
            }
            catch (IOException)
            {
                cancellation.WaitHandle.WaitOne(s_pause);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static NodeException Unusable(string path, Exception e) => new(
        NodeErrorId.JournalUnusable, e is UnauthorizedAccessException ? NodeFailure.Permission : NodeFailure.Failed, path,
        $"The lock {path} cannot be taken: {e.Message} Nothing was changed.", "Run as root, or give a place on a writable disk with -JournalPath.", e);
}
