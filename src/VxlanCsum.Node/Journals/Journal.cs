using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Files;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Journals;

/// <summary>
/// The record of what was changed: lines of JSON, each on the disk before what it announces is done. A line that was
/// cut by a crash is the last one, and nothing was done after it.
/// </summary>
internal sealed class Journal
{
    public const string DefaultPath = "/var/lib/vxlancsum/journal.jsonl";

    private const long CompactAbove = 1 << 20;
    private const int KeptClosed = 100;

    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Default,
        Converters = { new JsonStringEnumConverter() },
    };

    public Journal(string path) => FilePath = Path.GetFullPath(path);

    public string FilePath { get; }

    /// <summary>Makes the folder where it is missing and takes the lock, waiting for whoever has it.</summary>
    /// <exception cref="NodeException">The folder cannot be made or written to, or the lock is held too
    /// long.</exception>
    public JournalLock Lock(TimeSpan timeout, CancellationToken cancellation) =>
        JournalLock.Take(this, timeout, cancellation);

    /// <summary>Writes a line and has it on the disk when it returns. The lock must be held.</summary>
    /// <exception cref="NodeException">It cannot be written.</exception>
    public void Append(JournalEvent line) => WrapErrors(() =>
    {
        using GuardedFile place = GuardedFile.At(FilePath, FolderTrust.Ours);
        bool isNew = place.Look() is null;
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, Json), (byte)'\n'];
        if (bytes.Length > JournalReader.LongestLine)
        {
            throw new IOException("what is there now is too much to be kept, such as a chain of 100,000 rules");
        }

        using (FileStream file = place.OpenOrCreate())
        {
            file.Seek(0, SeekOrigin.End);
            if (file.Length > 0 && !EndsWhole(file))
            {
                bytes = [(byte)'\n', .. bytes];
            }

            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        if (isNew)
        {
            place.FlushFolder();
        }

        return true;
    });

    /// <summary>What the journal says, oldest first; nothing where there is none.</summary>
    /// <param name="problem">Told of lines that cannot be read.</param>
    /// <exception cref="NodeException">It cannot be read, or others may write to it.</exception>
    public IReadOnlyList<JournalEntry> Read(Action<string>? problem = null) => WrapErrors(() =>
    {
        try
        {
            using GuardedFile place = GuardedFile.At(FilePath, FolderTrust.Ours);
            using FileStream? file = place.OpenRead();
            return file is null ? [] : new JournalReader(FilePath, problem).Read(file);
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    });

    /// <summary>Drops what is long over, once the file has grown large. The lock must be held.</summary>
    public void Compact()
    {
        try
        {
            using GuardedFile place = GuardedFile.At(FilePath, FolderTrust.Ours);
            place.RemoveLeftAside();
            using FileStream? file = place.OpenRead();
            if (file is null || file.Length < CompactAbove)
            {
                return;
            }

            IReadOnlyList<JournalEntry> entries = Read();
            HashSet<string> dropped = [.. entries.Where(static e => !e.IsOpen).SkipLast(KeptClosed)
                .Select(static e => e.Id)];
            using (FileStream fresh = place.CreateAside())
            {
                // What cannot be read is kept: it may be all that is known of a change.
                foreach ((byte[]? line, _) in JournalReader.Lines(file))
                {
                    if (line is null)
                    {
                        return;
                    }

                    if (line is { Length: > 0 } && !(JournalReader.IdOf(line) is { } id && dropped.Contains(id)))
                    {
                        fresh.Write([.. line, (byte)'\n']);
                    }
                }

                fresh.Flush(flushToDisk: true);
            }

            place.TakeName(overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A journal that stays large still serves.
        }
    }

    /// <summary>What the file system refuses, told with what it is about.</summary>
    public T WrapErrors<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (NodeException e) when (e.ErrorId == NodeErrorId.PathNotTrusted)
        {
            throw new NodeException(NodeErrorId.JournalUnusable, NodeFailure.Permission, FilePath,
                $"The journal {SafeText.Escape(FilePath)} cannot be used: {e.Problem}",
                $"Look through it, then make it root's alone: chown root {SafeText.Escape(FilePath)}; chmod 600 "
                + $"{SafeText.Escape(FilePath)}", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not NodeException)
        {
            throw new NodeException(NodeErrorId.JournalUnusable,
                e is UnauthorizedAccessException ? NodeFailure.Permission : NodeFailure.Failed, FilePath,
                $"The journal {SafeText.Escape(FilePath)} cannot be used: {SafeText.Escape(e.Message).TrimEnd('.')}.",
                "Without it nothing could be undone after a crash. Run as root, or give a place on a writable disk "
                + "with -JournalPath.", e);
        }
    }

    private static bool EndsWhole(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }
}
