using VxlanCsum.Diagnoses;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>Damages frames where their headers are, repeatably.</summary>
internal sealed class FrameMutator(int seed)
{
    private static readonly byte[] s_telling = [0, 1, 2, 4, 5, 6, 7, 8, 0x11, 0x29, 0x2b, 0x2c, 0x2f, 0x33, 0x3a, 0x3c,
        0x45, 0x46, 0x4f, 0x60, 0x7f, 0x80, 0x84, 0x86, 0x88, 0xff];

    private readonly Random _random = new(seed);

    /// <summary>The length on the wire that goes with the last mutation.</summary>
    public int Wire { get; private set; }

    public byte[] Mutate(byte[] frame, int wire)
    {
        byte[] mutated = [.. frame];
        for (int i = _random.Next(4); i >= 0 && mutated.Length > 0; i--)
        {
            int at = _random.Next(Math.Min(mutated.Length, 200));
            switch (_random.Next(5))
            {
                case 0:
                    mutated[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1 or 2:
                    mutated[at] = s_telling[_random.Next(s_telling.Length)];
                    break;
                case 3:
                    mutated[at] = (byte)_random.Next(256);
                    break;
                default:
                    // Header chains are made of each other's pieces.
                    int from = _random.Next(mutated.Length),
                        count = Math.Min(_random.Next(24), mutated.Length - Math.Max(from, at));
                    mutated.AsSpan(from, count).ToArray().CopyTo(mutated, at);
                    break;
            }
        }

        Wire = Math.Max(wire, mutated.Length);
        return _random.Next(4) == 0 ? mutated[.._random.Next(mutated.Length + 1)] : mutated;
    }
}
