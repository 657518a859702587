using System.Diagnostics;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Files;
using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.Journals;

/// <summary>
/// Held while a node is changed. The system gives it back when the process ends, however it ends, and the programs that
/// it started with it: one that still waits for a lock of its own would change the node after all.
/// </summary>
internal sealed class JournalLock : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(40);
    private readonly FileStream _file;

    private JournalLock(FileStream file) => _file = file;

    /// <summary>Takes the lock beside a journal.</summary>
    /// <exception cref="NodeException">Another process has it for too long, or the file cannot be made.</exception>
    public static JournalLock Take(Journal journal, TimeSpan timeout, CancellationToken cancellation)
    {
        string path = journal.FilePath + ".lock";
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (journal.WrapErrors(() => Try(path)) is { } file)
            {
                return new JournalLock(file);
            }

            if (Stopwatch.GetElapsedTime(start) >= timeout)
            {
                throw new NodeException(NodeErrorId.MitigationBusy, NodeFailure.Refused, path,
                    $"Another mitigation is being applied or undone, or a program that it started still runs; it did "
                    + $"not end within {timeout.TotalSeconds:0.#} s. Nothing was changed.",
                    "Try again, or wait longer with -Timeout.");
            }

            cancellation.WaitHandle.WaitOne(s_pause);
        }
    }

    /// <summary>Until it is disposed of, programs that are started hold the lock, too, to their end.</summary>
    public DescriptorHandle Inherit() =>
        OperatingSystem.IsLinux() ? Libc.Duplicate(_file.SafeFileHandle) : new DescriptorHandle();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static FileStream? Try(string path)
    {
        using GuardedFile place = GuardedFile.At(path, FolderTrust.Ours, createFolders: true);
        return place.TryLock();
    }
}
