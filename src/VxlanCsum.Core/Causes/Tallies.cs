using System.Numerics;
using System.Runtime.InteropServices;

namespace VxlanCsum.Causes;

/// <summary>Distinct bad packets by one 16-bit number.</summary>
internal sealed class Tallies
{
    /// <summary>Numbers told apart; packets with others are only counted. One number that explains all is soon among
    /// them.</summary>
    private const int Most = 4096;
    private readonly Dictionary<ushort, Tally> _counts = [];
    private long _local, _others;

    public Dictionary<ushort, Tally> Counts => _counts;

    /// <summary>Packets with numbers beyond those told apart.</summary>
    public long Rest { get; private set; }

    /// <summary>All of them, and those with TCP or UDP inside.</summary>
    public long Total => Local + _others;

    public long Local => Rest + _local;

    public Tally this[ushort number] => _counts.GetValueOrDefault(number);

    /// <summary>The number that most packets have.</summary>
    public ushort Mode
    {
        get
        {
            (ushort mode, int most) = (0, 0);
            foreach ((ushort number, Tally count) in _counts)
            {
                (mode, most) = count.Total > most ? (number, count.Total) : (mode, most);
            }

            return mode;
        }
    }

    public void Add(ushort number, ushort right, bool local) =>
        Add(number, new Tally
        {
            Local = local ? 1 : 0,
            Others = local ? 0 : 1,
            Rights = 1UL << (int)((right * 0x9e3779b1u) >> 26)
        });

    public void AddRest(long packets) => Rest += packets;

    /// <summary>Where they are differences: how likely a cause makes them that explains some, the others being
    /// strays.</summary>
    /// <param name="explained">The differences that it explains.</param>
    /// <param name="each">How likely it makes a packet with one of these.</param>
    /// <param name="othersToo">It explains packets with neither TCP nor UDP inside as well.</param>
    public double Weigh(Func<int, bool> explained, Func<int, double> each, bool othersToo)
    {
        double sum = Rest * (Weights.LogOutlier + Weights.OneValue);
        foreach ((ushort delta, Tally count) in _counts)
        {
            bool fits = explained(delta);
            sum += count.Local * (fits ? each(delta) : Weights.Stray(delta));
            sum += count.Others * (fits && othersToo ? each(delta) : Weights.Stray(delta));
        }

        return sum;
    }

    private void Add(ushort number, Tally count)
    {
        if (_counts.Count >= Most && !_counts.ContainsKey(number))
        {
            Rest += count.Total;
            return;
        }

        _local += count.Local;
        _others += count.Others;
        ref Tally own = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, number, out _);
        own = new Tally
        {
            Local = own.Local + count.Local,
            Others = own.Others + count.Others,
            Rights = own.Rights | count.Rights
        };
    }
}

/// <summary>Distinct packets that share a number.</summary>
internal struct Tally
{
    /// <summary>With TCP or UDP inside, which offloading completes; and with anything else.</summary>
    public int Local, Others;

    /// <summary>One bit of 64 for each right value, by its hash.</summary>
    public ulong Rights;

    public readonly int Total => Local + Others;

    /// <summary>Different right values, at least.</summary>
    public readonly int DistinctRights => BitOperations.PopCount(Rights);
}
