using System.Diagnostics;
using System.Management.Automation;
using VxlanCsum.Counters;
using VxlanCsum.Errors;
using VxlanCsum.Node.Counters;
using VxlanCsum.Node.Errors;
using VxlanCsum.Pasting;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>Get-ChecksumErrorCounter: what the kernel has dropped for wrong checksums, once or from interval to
/// interval.</summary>
[Cmdlet(VerbsCommon.Get, "ChecksumErrorCounter", DefaultParameterSetName = NodeSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(ChecksumErrorCounter))]
public sealed class GetChecksumErrorCounterCommand : PrintedCommand
{
    private const string NodeSet = "Node";

    private CounterText? _text;

    /// <summary>Seconds between readings. Each then gives what came since the one before.</summary>
    [Parameter(Position = 0, ParameterSetName = NodeSet)]
    [ValidateRange(0.01, 86400.0)]
    public double Interval { get; set; }

    /// <summary>How many intervals. Default: one reading without -Interval, and with it until stopped.</summary>
    [Parameter(Position = 1, ParameterSetName = NodeSet)]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; }

    private bool Repeats => Interval > 0 || Count > 0;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_text is not null)
        {
            Conclude(_text, "text");
        }
    }

    private protected override void AddText(string text) =>
        AddText(_text ??= new CounterText(), new StringReader(text));

    private protected override void ReadFile(string file, Stream stream)
    {
        var text = new CounterText();
        using var reader = new StreamReader(stream, detectEncodingFromByteOrderMarks: true);
        AddText(text, reader);
        Conclude(text, file);
    }

    private static void AddText(CounterText text, TextReader reader)
    {
        foreach (string line in BoundedLines.Read(reader))
        {
            text.Add(line);
        }
    }

    private void Conclude(CounterText text, string place)
    {
        IReadOnlyList<ChecksumErrorCounter> counters = text.Counters();
        foreach (ChecksumErrorCounter counter in counters)
        {
            WriteObject(counter with { Timestamp = DateTime.UtcNow });
        }

        if (counters.Count == 0)
        {
            WriteError(TextErrors.Nothing("CounterTextUnread", place, "no counter of checksum errors is in it",
                "Give what `nstat -az`, `netstat -s` or /proc/net/snmp print, with the line that names the counter."));
        }
    }

    private protected override void ReadNode()
    {
        Node.NetworkNamespaces.NetworkNamespace? place = null;
        try
        {
            // Held open, so that all readings are of one namespace whatever becomes of its name.
            place = Namespace is null ? null : Node.NetworkNamespaces.NetworkNamespace.Open(Namespace);
            Read(place);
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
        finally
        {
            place?.Dispose();
        }
    }

    private void Read(Node.NetworkNamespaces.NetworkNamespace? place)
    {
        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<ChecksumErrorCounter> before = ReadOnce(place);
        if (!Repeats)
        {
            Write(before);
            return;
        }

        TimeSpan interval = TimeSpan.FromSeconds(Interval > 0 ? Interval : 1);
        for (int done = 0; Count == 0 || done < Count; done++)
        {
            if (Stopped.WaitHandle.WaitOne(interval))
            {
                return;
            }

            long now = Stopwatch.GetTimestamp();
            IReadOnlyList<ChecksumErrorCounter> after = ReadOnce(place);
            Write(SnmpText.Compare(before, after, Stopwatch.GetElapsedTime(start, now)));
            (before, start) = (after, now);
        }
    }

    private static IReadOnlyList<ChecksumErrorCounter> ReadOnce(Node.NetworkNamespaces.NetworkNamespace? place) =>
        Node.NetworkNamespaces.NetworkNamespace.Within(place, ChecksumCounters.Read);

    private void Write(IEnumerable<ChecksumErrorCounter> counters)
    {
        foreach (ChecksumErrorCounter counter in counters)
        {
            WriteObject(counter with { NetworkNamespace = Namespace });
        }
    }
}
