using System.Management.Automation;
using System.Text;
using System.Text.Json;
using VxlanCsum.Clusters;
using VxlanCsum.Errors;

namespace VxlanCsum.Sources;

/// <summary>One text that kubectl printed, on its way into a cluster's reading.</summary>
internal sealed class ClusterText : IDisposable
{
    private readonly KubeObjectParser _parser;
    private readonly Action<ErrorRecord> _report;
    private readonly List<ClusterNode> _nodes = [];
    private byte[] _bytes = new byte[4096];
    private bool _any;

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

    public void Read(Stream stream, Action<long> progress, CancellationToken cancellation) => Guard(() => _parser.Read(stream, progress, cancellation));

    public void Complete() => Guard(_parser.Complete);

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
