using System.Globalization;
using System.Text;
using VxlanCsum.Captures.Walking;
using VxlanCsum.Clusters;
using VxlanCsum.Verdicts;

namespace VxlanCsum.UnitTests.Tshark;

/// <summary>Our verdicts on captures beside tshark's, with every difference under the name of its class.</summary>
internal sealed class VerdictComparison
{
    private readonly SortedDictionary<string, int> _classes = new(StringComparer.Ordinal);

    /// <summary>What no class covers, one line each.</summary>
    public List<string> Unexplained { get; } = [];

    public int Captures { get; private set; }
    public long Verdicts { get; private set; }

    public void Add(string capture, IEnumerable<TsharkFrame> theirs)
    {
        Captures++;
        using IEnumerator<WalkedFrame> ours = WalkedFrame.Of(capture).GetEnumerator();
        foreach (TsharkFrame frame in theirs)
        {
            // tshark reads on behind some damage; what we refuse to read is compared with nothing.
            if (!ours.MoveNext())
            {
                return;
            }

            foreach (string protocol in TsharkFrame.Compared)
            {
                Compare(Path.GetFileName(capture), frame, ours.Current, protocol);
            }
        }

        // tshark refuses whole captures of link types that it does not know, and so do we.
        if (ours.MoveNext() && FrameWalker.IsKnown(ours.Current.Link))
        {
            Unexplained.Add($"{Path.GetFileName(capture)}: tshark ends before frame {ours.Current.Number}");
        }
    }

    public override string ToString()
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{Captures} captures, {Verdicts} verdicts; those that differ, by class:");
        foreach ((string name, int count) in _classes.OrderByDescending(c => c.Value))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{count,7} {name}");
        }

        return text.AppendJoin('\n', Unexplained).ToString();
    }

    private void Compare(string capture, TsharkFrame frame, WalkedFrame walked, string protocol)
    {
        ChecksumStatus[] theirs = frame.Statuses(protocol);
        LayerRecord[] ours = [.. walked.Layers.Where(l => FieldOf(l.Protocol) == protocol)];
        int count = Math.Max(theirs.Length, ours.Length);
        Verdicts += count;
        for (int i = 0; i < count; i++)
        {
            VerdictDifference difference = new(frame, walked, protocol, i, i < theirs.Length ? theirs[i] : null,
                i < ours.Length ? ours[i] : null);
            if (difference.SameStatus)
            {
                if (difference.OtherNumber is { } number)
                {
                    Unexplained.Add($"{capture} {difference}: {number}");
                }
            }
            else if (DifferenceClass.Of(difference) is { } name)
            {
                _classes[name] = _classes.GetValueOrDefault(name) + 1;
            }
            else
            {
                Unexplained.Add($"{capture} {difference}");
            }
        }
    }

    private static string FieldOf(ChecksumProtocol protocol) => protocol switch
    {
        ChecksumProtocol.IPv4 => "ip",
        ChecksumProtocol.UdpLite => "udp",
        _ => protocol.ToString().ToLowerInvariant(),
    };
}
