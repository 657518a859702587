using System.Text;
using VxlanCsum.Offloads;

namespace VxlanCsum.Sources;

/// <summary>Features from text that comes in pieces: `ethtool -k` lines as they come, JSON once it is whole.</summary>
internal sealed class OffloadText(Action<OffloadProblem> report)
{
    /// <summary>`ethtool --json -k` may stand in one line; of all interfaces of a large node it has some hundred
    /// thousand characters.</summary>
    public const int LongestLine = LongestJson + 1;

    private const int LongestJson = 4 << 20;

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
            if (_json.Length <= LongestJson)
            {
                _json.Append(text).Append('\n');
            }

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
        : _json.Length > LongestJson ? TooLong()
        : OffloadJsonParser.Parse(_json.ToString(), report).GroupBy(f => f.Interface)
            .Select(g => (IReadOnlyList<OffloadFeature>)[.. g]);

    private IReadOnlyList<OffloadFeature>[] TooLong()
    {
        report(new OffloadProblem(1, $"JSON of more than {LongestJson >> 20} MiB, which ethtool never prints"));
        return [];
    }
}
