using System.Management.Automation;
using System.Text;
using System.Text.Json;
using VxlanCsum.Clusters;
using VxlanCsum.Errors;
using VxlanCsum.Node.Clusters;
using VxlanCsum.Pasting;

namespace VxlanCsum.Sources;

/// <summary>One text that kubectl printed, JSON or YAML, on its way into a cluster's reading.</summary>
internal sealed class ClusterText : IDisposable
{
    private readonly KubeObjectParser _parser;
    private readonly Action<ErrorRecord> _report;
    private readonly List<ClusterNode> _nodes = [];
    private byte[] _bytes = new byte[4096];
    private bool _any;
    private StringBuilder? _yaml;

    /// <param name="reading">What it is read into.</param>
    /// <param name="source">The file; null for text from the pipeline.</param>
    /// <param name="report">Takes errors.</param>
    public ClusterText(ClusterReading reading, string? source, Action<ErrorRecord> report)
    {
        Reading = reading;
        Source = source;
        _report = report;
        _parser = new KubeObjectParser(Add);
    }

    public ClusterReading Reading { get; }

    public string? Source { get; }

    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    /// <summary>Whether it broke off, which has been told.</summary>
    public bool Failed { get; set; }

    /// <summary>Takes a line, or several.</summary>
    public void Write(string text)
    {
        // The first line that holds anything tells which of the two it is; YAML is read as a whole.
        if (_yaml is not null || (!_any && KubeYaml.IsYaml(text)))
        {
            _yaml ??= new StringBuilder();
            Guard(() => Keep(_yaml, text));
            return;
        }

        if (!_any && string.IsNullOrWhiteSpace(text))
        {
            return;
        }

        int most = Encoding.UTF8.GetMaxByteCount(text.Length) + 1;
        if (_bytes.Length < most)
        {
            _bytes = new byte[most];
        }

        // Between lines, not behind them: the last may be cut within a string.
        _bytes[0] = (byte)'\n';
        int start = _any ? 0 : 1, end = 1 + Encoding.UTF8.GetBytes(text, _bytes.AsSpan(1));
        _any = true;
        Guard(() => _parser.Write(_bytes.AsSpan(start..end)));
    }

    public void Read(Stream stream, Action<long> progress, CancellationToken cancellation) => Guard(() =>
    {
        const int Looked = 256;
        using PeekedStream whole = new(stream, Looked);
        if (!KubeYaml.IsYaml(Encoding.UTF8.GetString(whole.First)))
        {
            _parser.Read(whole, progress, cancellation);
            return;
        }

        using var reader = new StreamReader(whole, Encoding.UTF8);
        var text = new StringBuilder();
        foreach (string line in BoundedLines.Read(reader, KubeYaml.Longest + 1))
        {
            cancellation.ThrowIfCancellationRequested();
            Keep(text, line);
        }

        ReadYaml(text);
    });

    public void Complete() => Guard(() =>
    {
        if (_yaml is not null)
        {
            ReadYaml(_yaml);
        }
        else
        {
            _parser.Complete();
        }
    });

    private static void Keep(StringBuilder text, string line)
    {
        if (text.Length + line.Length > KubeYaml.Longest)
        {
            throw new KubeTextException(KubeTextErrorId.TooLarge, 0,
                $"YAML of more than {KubeYaml.Longest >> 20} MiB: ask kubectl for -o json, which is read as it comes.");
        }

        text.Append(line).Append('\n');
    }

    private void ReadYaml(StringBuilder text)
    {
        _parser.Write(KubeYaml.ToJson(new StringReader(text.ToString())));
        _parser.Complete();
    }

    /// <inheritdoc/>
    public void Dispose() => _parser.Dispose();

    private void Add(string kind, JsonElement item)
    {
        try
        {
            if (Reading.Add(kind, item) is { } node)
            {
                _nodes.Add(node with { Source = Source });
            }
        }
        catch (KubeTextException e)
        {
            _report(KubeTextErrors.Record(e, Source));
        }
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (KubeTextException e)
        {
            Failed = true;
            _report(KubeTextErrors.Record(e, Source));
        }
    }
}
