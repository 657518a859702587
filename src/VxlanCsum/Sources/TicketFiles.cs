using System.IO.Compression;
using System.Management.Automation;
using System.Text;
using VxlanCsum.Captures.Files;
using VxlanCsum.Diagnoses;
using VxlanCsum.Node.Clusters;
using VxlanCsum.Node.Files;
using VxlanCsum.Pasting;
using VxlanCsum.Text;
using VxlanCsum.Tickets;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Sources;

/// <summary>Reads a ticket's files and folders, and text as it comes: bounded in files, lines and characters.</summary>
/// <param name="report">Takes errors.</param>
/// <param name="stopped">Ends it.</param>
internal sealed class TicketFiles(Action<ErrorRecord> report, CancellationToken stopped)
{
    private const int MostFiles = 20_000, Looked = 4096;

    /// <summary>Of one text, which is held while it is read: the rules of ten thousand services are 16 MiB.</summary>
    private const int MostLines = 300_000;
    private const long MostCharacters = 24L << 20;

    private readonly TicketReader _reader = new(KubeYaml.ToJson, stopped);
    private readonly List<string> _lines = [];
    private long _characters;
    private bool _hasPaths, _isPastedFull;

    /// <summary>Files that were looked at.</summary>
    private int Files { get; set; }

    /// <summary>Takes text from the pipeline: a line, or several.</summary>
    public void Add(string text)
    {
        using var reader = new StringReader(text);
        foreach (string line in BoundedLines.Read(reader, RuleLine))
        {
            KeepPasted(line);
        }

        if (text.Length == 0)
        {
            KeepPasted(string.Empty);
        }
    }

    private void KeepPasted(string line)
    {
        if (!_isPastedFull && !Keep(_lines, line, ref _characters))
        {
            _isPastedFull = true;
            TellFull("text", TooMuch);
        }
    }

    /// <summary>Reads a file, or all files of a folder, whatever they hold; of a folder what says nothing is passed
    /// over.</summary>
    public void Read(string path)
    {
        _hasPaths = true;
        if (!Directory.Exists(path))
        {
            if (!TellIfFull(path) && !ReadFile(path))
            {
                TellUnread(path, "nothing in it is known here");
            }

            return;
        }

        // Links may lead anywhere, and round in a circle.
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device,
            MaxRecursionDepth = 16,
        };
        int files = Files;
        bool any = false;
        foreach (string file in Directory.EnumerateFiles(path, "*", options).Order(StringComparer.Ordinal))
        {
            stopped.ThrowIfCancellationRequested();
            if (TellIfFull(path))
            {
                return;
            }

            any |= ReadFile(file);
        }

        if (!any)
        {
            TellUnread(path, $"nothing in its {Phrase.Count(Files - files, "file", "files")} is known here");
        }
    }

    private void TellUnread(string path, string why) =>
        report(Errors.TextErrors.Nothing("TicketFileUnread", path, why,
            "Give what tcpdump, iptables-save, nft, ethtool, ip, conntrack, nstat, dmesg or kubectl printed."));

    /// <summary>The diagnosis; null where nothing was understood, which is told.</summary>
    public NodeDiagnosis? Complete(string? nodeName)
    {
        if (_lines.Count > 0)
        {
            _reader.Add(new TicketSource("text", _lines));
        }

        if (!_reader.IsEmpty)
        {
            return TicketDiagnosis.Of(_reader.Complete(), nodeName, DateTime.UtcNow, stopped);
        }

        if (!_hasPaths)
        {
            report(Error("TicketUnread", ErrorCategory.InvalidData, "text",
                $"Nothing in the text's {Phrase.Count(_lines.Count, "line", "lines")} is known here: no line begins as "
                    + $"tcpdump, iptables, nft, ethtool, ip, conntrack, "
                + "nstat, dmesg or kubectl print theirs.",
                "Paste what one of these printed, with the command before it. First of all: iptables-save; nft list "
                + "ruleset"));
        }

        return null;
    }

    // A rule may be as long as iptables-restore takes, an element list of nft longer; JSON may be one line.
    private const int RuleLine = 16 << 20;

    private bool ReadFile(string path)
    {
        Files++;
        try
        {
            using Stream file = BoundedFile.OpenText(path);
            using PeekedStream stream = new(file, Looked);
            if (stream.First.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            {
                using var unpacked = new GZipStream(stream, CompressionMode.Decompress);
                using PeekedStream inside = new(unpacked, Looked);
                return ReadStream(path, inside);
            }

            return ReadStream(path, stream);
        }
        catch (CaptureException e)
        {
            report(Errors.CaptureErrors.Record(e));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            report(TextFiles.Unreadable(path, e));
        }

        // It was told why.
        return true;
    }

    private bool ReadStream(string path, PeekedStream stream)
    {
        if (stream.LooksBinary)
        {
            using CaptureReader capture = CaptureReaderFactory.Open(stream, path);
            CaptureEvidence packets = CaptureWeighing.Weigh(capture,
                new KeptPackets(string.Empty, SafeText.Escape(path), IsLive: false, TunnelPorts.DefaultVxlan), [],
                (CaptureReader reader, out CapturedFrame frame) =>
                {
                    stopped.ThrowIfCancellationRequested();
                    return reader.TryRead(out frame);
                });
            _reader.Add(path, packets);
            return true;
        }

        // UTF-16 has a mark, and zeros; other files with zeros are no text.
        ReadOnlySpan<byte> first = stream.First;
        if (first.Contains((byte)0) && !(first is [0xff, 0xfe, ..] or [0xfe, 0xff, ..]))
        {
            return false;
        }

        var lines = new List<string>();
        long characters = 0;
        using StreamReader text = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        foreach (string line in BoundedLines.Read(text, RuleLine))
        {
            stopped.ThrowIfCancellationRequested();
            if (!Keep(lines, line, ref characters))
            {
                TellFull(path, TooMuch);
                break;
            }
        }

        return _reader.Add(new TicketSource(path, lines)) > 0;
    }

    private static string TooMuch => $"more than {MostLines:N0} lines or {MostCharacters >> 20} MiB of text";

    private static bool Keep(List<string> lines, string line, ref long characters)
    {
        characters += line.Length;
        if (lines.Count >= MostLines || characters > MostCharacters)
        {
            return false;
        }

        lines.Add(line);
        return true;
    }

    /// <summary>Whether no further file is read: that many were, or that much was in them.</summary>
    private bool TellIfFull(string path)
    {
        if (Files < MostFiles && !_reader.IsFull)
        {
            return false;
        }

        TellFull(path, Files >= MostFiles ? $"more than {MostFiles:N0} files"
            : $"more than {TicketReader.MostKept:N0} devices, routes, flows and such, with those read before it");
        return true;
    }

    private void TellFull(string path, string what) =>
        report(Error("TicketTooLarge", ErrorCategory.LimitsExceeded, path,
            $"{SafeText.Escape(path)}: it has {what}; the rest of it is not read.",
            "Give what matters of it: rules, devices, features, counters, packets."));

    private static ErrorRecord Error(string id, ErrorCategory category, string target, string message, string action) =>
        new(new InvalidDataException(message), id, category, target)
        {
            ErrorDetails = new ErrorDetails(message) { RecommendedAction = action },
        };
}
