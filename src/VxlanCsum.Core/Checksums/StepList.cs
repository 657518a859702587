using System.Net;

namespace VxlanCsum.Checksums;

/// <summary>Collects steps, and has the one way of writing numbers in them.</summary>
internal sealed class StepList
{
    private readonly List<NatChecksumStep> _steps = [];

    public IReadOnlyList<NatChecksumStep> Steps => _steps;

    public void Add(string function, string input, string operation, string result, string? note = null) =>
        _steps.Add(new NatChecksumStep(_steps.Count + 1, function, input, operation, result, note));

    public static string Hex(ushort value) => $"0x{value:x4}";

    /// <summary>"0x0af4 + 0x0100", each with <paramref name="prefix"/> before it.</summary>
    public static string Words(IPAddress address, string prefix)
    {
        byte[] bytes = address.GetAddressBytes();
        return string.Join(" + ",
            Enumerable.Range(0, bytes.Length / 2).Select(i => $"{prefix}0x{bytes[2 * i]:x2}{bytes[(2 * i) + 1]:x2}"));
    }
}
