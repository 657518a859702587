using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.Journals;

/// <summary>
/// The record of what was changed: lines of JSON, each on the disk before what it announces is done. A line that was cut by
/// a crash is the last one, and nothing was done after it.
/// </summary>
internal sealed class Journal
{
    public const string DefaultPath = "/var/lib/vxlancsum/journal.jsonl";

    private const long CompactAbove = 1 << 20;
    private const int KeptClosed = 100;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    public Journal(string path) => FilePath = Path.GetFullPath(path);

    public string FilePath { get; }

    /// <summary>Makes the folder where it is missing and takes the lock, waiting for whoever has it.</summary>
    /// <exception cref="NodeException">The folder cannot be made or written to, or the lock is held too long.</exception>
    public JournalLock Lock(TimeSpan timeout, CancellationToken cancellation)
    {
        string folder = Path.GetDirectoryName(FilePath)!;
        try
        {
            if (!Directory.Exists(folder))
            {
                PrivateFiles.CreateFolder(folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(e);
        }

        return JournalLock.Take(FilePath, timeout, cancellation);
    }

    /// <summary>Writes a line and has it on the disk when it returns. The lock must be held.</summary>
    /// <exception cref="NodeException">It cannot be written.</exception>
    public void Append(JournalEvent line)
    {
        try
        {
            bool isNew = !File.Exists(FilePath);
            using (FileStream file = Open())
            {
                RequireSafe();
                byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, s_json), (byte)'\n'];
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
                FlushFolder();
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not NodeException)
        {
            throw Unusable(e);
        }
    }

    /// <summary>What the journal says, oldest first; nothing where there is none.</summary>
    /// <param name="problem">Told of lines that cannot be read.</param>
    /// <exception cref="NodeException">It cannot be read, or others may write to it.</exception>
    public IReadOnlyList<JournalEntry> Read(Action<string>? problem = null)
    {
        string[] lines;
        try
        {
            if (!File.Exists(FilePath))
            {
                return [];
            }

            RequireSafe();
            lines = File.ReadAllLines(FilePath, Encoding.UTF8);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not NodeException)
        {
            throw Unusable(e);
        }

        var entries = new Dictionary<string, JournalEntry>(StringComparer.Ordinal);
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0)
            {
                continue;
            }

            try
            {
                Take(entries, JsonSerializer.Deserialize<JournalEvent>(lines[i], s_json)!);
            }
            catch (JsonException) when (i == lines.Length - 1)
            {
                // Cut by a crash while it was written: what it would have announced was not done.
            }
            catch (JsonException)
            {
                problem?.Invoke($"{FilePath}: line {i + 1} cannot be read and is passed over.");
            }
        }

        return [.. entries.Values.OrderBy(static e => e.Time)];
    }

    /// <summary>Drops what is long over, once the file has grown large. The lock must be held.</summary>
    public void Compact()
    {
        if (!File.Exists(FilePath) || new FileInfo(FilePath).Length < CompactAbove)
        {
            return;
        }

        IReadOnlyList<JournalEntry> entries = Read();
        HashSet<string> kept = [.. entries.Where(static e => e.IsOpen).Concat(entries.Where(static e => !e.IsOpen).TakeLast(KeptClosed)).Select(static e => e.Id)];
        string fresh = FilePath + ".new";
        try
        {
            using (FileStream file = PrivateFiles.Open(fresh, FileMode.Create, FileShare.Read))
            {
                foreach (string line in File.ReadLines(FilePath))
                {
                    if (IdOf(line) is { } id && kept.Contains(id))
                    {
                        file.Write(Encoding.UTF8.GetBytes(line + "\n"));
                    }
                }

                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, FilePath, overwrite: true);
            FlushFolder();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A journal that stays large still serves.
            File.Delete(fresh);
        }
    }

    private static string? IdOf(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<JournalEvent>(line, s_json)?.Id;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Take(Dictionary<string, JournalEntry> entries, JournalEvent line)
    {
        if (line is { Event: JournalEventType.Intent, Intent: { } intent })
        {
            entries[line.Id] = new JournalEntry(line.Id, line.Time, intent);
        }
        else if (entries.TryGetValue(line.Id, out JournalEntry? entry))
        {
            entries[line.Id] = line.Event switch
            {
                JournalEventType.Begin => entry with { Begun = Math.Max(entry.Begun, (line.Step ?? 0) + 1) },
                JournalEventType.Applied => entry with { State = JournalState.Applied },
                JournalEventType.RolledBack or JournalEventType.Undone => entry with { State = JournalState.Closed },
                _ => entry,
            };
        }
    }

    private static bool EndsWhole(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }

    private FileStream Open() => PrivateFiles.Open(FilePath, FileMode.OpenOrCreate, FileShare.Read);

    /// <summary>What it says is carried out with all rights: nobody else may write it.</summary>
    private void RequireSafe()
    {
        if (PrivateFiles.AreOpenToOthers(FilePath))
        {
            throw new NodeException(NodeErrorId.JournalUnusable, NodeFailure.Permission, FilePath,
                $"The journal {FilePath} can be written by others, so that what it says cannot be relied on.", $"Look through it, then make it root's alone: chown root {FilePath}; chmod 600 {FilePath}");
        }
    }

    /// <summary>A new file's name is on the disk only when its folder is.</summary>
    private void FlushFolder()
    {
        using DescriptorHandle folder = Libc.Open(Path.GetDirectoryName(FilePath)!, Libc.ReadOnly | Libc.CloseOnExec);
        if (!folder.IsInvalid)
        {
            _ = Libc.Fsync(folder);
        }
    }

    private NodeException Unusable(Exception e) => new(
        NodeErrorId.JournalUnusable, e is UnauthorizedAccessException ? NodeFailure.Permission : NodeFailure.Failed, FilePath,
        $"The journal {FilePath} cannot be used: {e.Message} Nothing was changed.",
        "Without it nothing could be undone after a crash. Run as root, or give a place on a writable disk with -JournalPath.", e);
}
