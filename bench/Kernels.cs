using BenchmarkDotNet.Attributes;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Bench;

/// <summary>The inner loops, cache-hot.</summary>
public class Kernels
{
    private readonly byte[] _bytes = new byte[65536];

    /// <summary>Bytes summed: an IP header, a DNS packet, a full frame, a super-packet.</summary>
    [Params(20, 80, 1450, 65000)]
    public int Length { get; set; }

    /// <summary>Fills the buffer.</summary>
    [GlobalSetup]
    public void Fill() => new Random(1).NextBytes(_bytes);

    /// <summary>The Internet checksum.</summary>
    [Benchmark]
    public ushort Sum() => OnesComplement.Sum(_bytes.AsSpan(0, Length));

    /// <summary>Word by word, as RFC 1071 writes it.</summary>
    [Benchmark(Baseline = true)]
    public ushort WordByWord()
    {
        uint sum = 0;
        for (int i = 0; i + 1 < Length; i += 2)
        {
            sum += (uint)((_bytes[i] << 8) | _bytes[i + 1]);
        }

        return OnesComplement.Fold(sum);
    }
}
