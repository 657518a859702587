using System.Text;
using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Journals;

/// <summary>
/// From a journal's lines to its entries. Whatever a line holds, it never hides another: what cannot be read is told
/// with its
/// number, and passed over.
/// </summary>
/// <param name="path">For people.</param>
/// <param name="problem">Told of lines that cannot be read.</param>
internal sealed class JournalReader(string path, Action<string>? problem)
{
    /// <summary>No line of ours comes near it.</summary>
    public const int LongestLine = 8 << 20;

    private const int MostProblems = 20;
    private readonly Dictionary<string, JournalEntry> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _strays = new(StringComparer.Ordinal);
    private int _problems;

    /// <summary>Whether a line could not be read: then what was begun may not be known.</summary>
    public bool IsDamaged => _problems > 0;

    public IReadOnlyList<JournalEntry> Read(Stream stream)
    {
        int number = 0;
        foreach ((byte[]? line, bool isLast) in Lines(stream))
        {
            number++;
            if (line is null)
            {
                Tell(number, "is longer than any that this module writes");
            }
            else if (line.Length > 0)
            {
                Take(line, number, isLast);
            }
        }

        if (_problems > MostProblems)
        {
            problem?.Invoke($"{SafeText.Escape(path)}: {_problems - MostProblems} more lines cannot be read.");
        }

        return [.. _entries.Values.OrderBy(static e => e.Time)
            .Select(e => IsDamaged && e.State == JournalState.Pending ? e with { Begun = e.Intent.Changes.Length }
                : e)];
    }

    /// <summary>The id in a line; null where there is none.</summary>
    public static string? IdOf(byte[] line)
    {
        try
        {
            return JsonSerializer.Deserialize<JournalEvent>(line, Journal.Json)?.Id;
        }
        catch (Exception e) when (IsDamage(e))
        {
            return null;
        }
    }

    /// <summary>The lines, and whether each is the last and has no end; null for one that is too long.</summary>
    public static IEnumerable<(byte[]? Line, bool IsCut)> Lines(Stream stream)
    {
        var line = new MemoryStream();
        bool tooLong = false;
        byte[] buffer = new byte[64 * 1024];
        for (int count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
        {
            int start = 0;
            for (int end = Array.IndexOf(buffer, (byte)'\n', start, count - start); end
                >= 0; end = Array.IndexOf(buffer, (byte)'\n', start, count - start))
            {
                Add(end - start, start);
                yield return (tooLong ? null : line.ToArray(), false);
                line.SetLength(0);
                (tooLong, start) = (false, end + 1);
            }

            Add(count - start, start);
        }

        if (line.Length > 0 || tooLong)
        {
            yield return (tooLong ? null : line.ToArray(), true);
        }

        void Add(int length, int from)
        {
            tooLong |= line.Length + length > LongestLine;
            if (!tooLong)
            {
                line.Write(buffer, from, length);
            }
        }
    }

    private void Take(byte[] line, int number, bool isCut)
    {
        try
        {
            JournalEvent read = JsonSerializer.Deserialize<JournalEvent>(line, Journal.Json)
                ?? throw new JsonException("nothing");
            if (read.Version != JournalEvent.CurrentVersion)
            {
                Tell(number, read.Version > JournalEvent.CurrentVersion
                    ? $"was written by a newer version of this module (format {read.Version}): undo it with that one"
                    : $"was written by an older version of this module (format {read.Version}): undo it with that one");
            }
            else if (read.Id is null || !Enum.IsDefined(read.Event))
            {
                Tell(number, "does not say what it is about");
            }
            else
            {
                Take(read, number);
            }
        }
        catch (Exception e) when (IsDamage(e))
        {
            // Cut by a crash while it was written: what it would have announced was not done.
            if (!isCut)
            {
                Tell(number, "cannot be read and is passed over");
            }
        }
    }

    private void Take(JournalEvent line, int number)
    {
        if (line.Event == JournalEventType.Intent)
        {
            string? wrong = line.Intent is null ? "it says nothing" : line.Intent.Problem();
            wrong ??= _entries.ContainsKey(line.Id) ? $"{SafeText.Escape(line.Id, 64)} is there already" : null;
            if (wrong is not null)
            {
                Tell(number, $"is passed over: {wrong}");
            }
            else
            {
                _entries[line.Id] = new JournalEntry(line.Id, line.Time, line.Intent!);
            }
        }
        else if (_entries.TryGetValue(line.Id, out JournalEntry? entry))
        {
            _entries[line.Id] = After(entry, line);
        }
        else if (_strays.Count < MostProblems && _strays.Add(line.Id))
        {
            Tell(number, $"is about {SafeText.Escape(line.Id, 64)}, of which the line that says what it is is lost");
        }
    }

    private static JournalEntry After(JournalEntry entry, JournalEvent line) => line.Event switch
    {
        JournalEventType.Begin =>
            entry with
            {
                Begun = Math.Max(entry.Begun,
                Math.Clamp(line.Step ?? 0, 0, entry.Intent.Changes.Length - 1) + 1)
            },
        JournalEventType.Applied or JournalEventType.Left =>
            entry with { State = JournalState.Applied, Begun = entry.Intent.Changes.Length },
        JournalEventType.Undoing => entry with { State = JournalState.Undoing },
        JournalEventType.RolledBack or JournalEventType.Undone =>
            entry with
            {
                State = JournalState.Closed,
                WasRestored = line.Restored ?? line.Event == JournalEventType.RolledBack
            },
        _ => entry,
    };

    private void Tell(int number, string what)
    {
        if (++_problems <= MostProblems)
        {
            problem?.Invoke($"{SafeText.Escape(path)}: line {number} {what}.");
        }
    }

    /// <summary>What the serialiser throws on what it cannot make sense of.</summary>
    private static bool IsDamage(Exception e) =>
        e is JsonException or NotSupportedException or FormatException or InvalidOperationException
            or ArgumentException;
}
