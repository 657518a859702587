using System.Globalization;

namespace VxlanCsum.Verdicts;

/// <summary>Numbers as a tired operator reads them. Always in the invariant culture: the texts are English.</summary>
internal static class Phrase
{
    public static string Hex(int value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x4}");

    public static string Text(InvariantText text) => text.ToStringAndClear();

    public static string Count(long count, string one, string many) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many)}");

    public static string Packets(long count) => Count(count, "packet", "packets");

    /// <summary>"1 packet is", "2 packets are".</summary>
    public static string PacketsAre(long count) => Count(count, "packet is", "packets are");

    /// <summary>A probability given by its natural logarithm.</summary>
    public static string Probability(double logChance)
    {
        double chance = Math.Exp(logChance);
        return chance switch
        {
            >= 0.1 => Text($"{100 * chance:0} %"),
            >= 0.001 => Text($"{100 * chance:0.##} %"),
            >= 1e-9 => Text($"1 in {Math.Round(1 / chance):0}"),
            _ => Text($"1 in 10^{Math.Floor(-logChance / Math.Log(10)):0}"),
        };
    }

    public static string Seconds(TimeSpan time) => time.TotalSeconds >= 10
        ? Text($"{time.TotalSeconds:0} s")
        : Text($"{time.TotalSeconds:0.0} s");
}
