using System.Text;
using VxlanCsum.Offloads;

namespace VxlanCsum.Sources;

/// <summary>Features from text that comes in pieces: `ethtool -k` lines as they come, JSON once it is whole.</summary>
internal sealed class OffloadText(Action<OffloadProblem> report)
{
    private readonly OffloadTextParser _parser = new(report);
    private StringBuilder? _json;
    private bool _decided;

    /// <summary>Takes a line or several; gives the blocks of rows that are whole, one a device.</summary>
    public IEnumerable<IReadOnlyList<OffloadFeature>> Add(string text)
    {
        if (!_decided && text.AsSpan().Trim("\ufeff \t\r\n").Length > 0)
        {
            _decided = true;
            _json = OffloadJsonParser.Recognises(text) ? new StringBuilder() : null;
        }

        if (_json is not null)
        {
            _json.Append(text).Append('\n');
            yield break;
        }

        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            IReadOnlyList<OffloadFeature> block = _parser.Add(line);
            if (block.Count > 0)
            {
                yield return block;
            }
        }
    }

    /// <summary>The rest, at the end of the text.</summary>
    public IEnumerable<IReadOnlyList<OffloadFeature>> Finish() => _json is null
        ? [_parser.Finish()]
        : OffloadJsonParser.Parse(_json.ToString(), report).GroupBy(f => f.Interface)
            .Select(g => (IReadOnlyList<OffloadFeature>)[.. g]);
}
