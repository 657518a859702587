using VxlanCsum.Clusters;
using VxlanCsum.Verdicts;

namespace VxlanCsum.UnitTests.Tshark;

/// <summary>tshark's verdict and ours on the same checksum.</summary>
/// <param name="Frame">All that tshark says of the frame.</param>
/// <param name="Walked">All that we say.</param>
/// <param name="Protocol">As tshark calls it.</param>
/// <param name="Index">Which of the frame's checksums of that protocol, from outside.</param>
/// <param name="Theirs">Null where tshark has none.</param>
/// <param name="Ours">Null where we have none.</param>
internal sealed record VerdictDifference(TsharkFrame Frame, WalkedFrame Walked, string Protocol, int Index,
    ChecksumStatus? Theirs, LayerRecord? Ours)
{
    public bool SameStatus => Theirs == Ours?.Status;

    public bool OursIs(ChecksumStatus status) => Ours?.Status == status;

    public bool OursIs(params LayerReason[] reasons) => Ours is { } ours && reasons.Contains(ours.Reason);

    /// <summary>The snapshot length cut the frame.</summary>
    public bool IsCut => Walked.Captured < Walked.Wire;

    /// <summary>The headers around this one, as tshark names them, outer to inner.</summary>
    public ReadOnlySpan<string> Around
    {
        get
        {
            string[] all = Frame.Protocols;
            int left = Index;
            for (int i = 0; i < all.Length; i++)
            {
                if ((all[i] == Protocol || (Protocol == "udp" && all[i] == "udplite")) && left-- == 0)
                {
                    return all.AsSpan(0, i);
                }
            }

            return all;
        }
    }

    /// <summary>Where verdicts agree: a number that does not, as text; else null.</summary>
    public string? OtherNumber
    {
        get
        {
            if (Ours is not { } ours)
            {
                return null;
            }

            int statuses = Frame.Statuses(Protocol).Length;
            uint[] found = Frame.Numbers($"{Protocol}.checksum"),
                expected = Frame.Numbers($"{Protocol}.checksum_calculated");
            if (found.Length == statuses && (ours.Flags & LayerFlags.HasFound) != 0 && found[Index] != ours.Found)
            {
                return $"found 0x{ours.Found:x}, tshark 0x{found[Index]:x}";
            }

            return expected.Length == statuses && (ours.Flags & LayerFlags.HasExpected) != 0
                && expected[Index] != ours.Expected
                ? $"expected 0x{ours.Expected:x}, tshark 0x{expected[Index]:x}"
                : null;
        }
    }

    public override string ToString() =>
        $"frame {Frame.Number} {Protocol} {Index}: tshark {Theirs?.ToString() ?? "none"}, here "
        + $"{Ours?.Status.ToString() ?? "none"} ({Ours?.Reason}), {string.Join(':', Frame.Protocols)}";
}
