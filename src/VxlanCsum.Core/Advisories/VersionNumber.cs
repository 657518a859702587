using System.Globalization;

namespace VxlanCsum.Advisories;

/// <summary>The numbers with which a version begins, and whether it comes before the version that it names.</summary>
/// <remarks>"v1.18.6+k3s1" is 1.18.6; "5.4.0-42-generic" is 5.4.0.42; "4.18.0-193.el8" is 4.18.0.193; "1.19.0-rc.4" is
/// before 1.19.0.</remarks>
internal sealed class VersionNumber : IComparable<VersionNumber>
{
    // No version in use has more; a text made to cost time may.
    private const int MostNumbers = 8;
    private static readonly string[] s_previews = ["rc", "alpha", "beta"];

    private readonly long[] _numbers;

    private VersionNumber(long[] numbers, bool isPreview) => (_numbers, IsPreview) = (numbers, isPreview);

    /// <summary>A release candidate or earlier: what it holds of the version that it leads to is not known.</summary>
    public bool IsPreview { get; }

    /// <summary>Null where the text does not begin with a number, after a "v".</summary>
    public static VersionNumber? Parse(string? text)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        rest = rest.StartsWith("v", StringComparison.OrdinalIgnoreCase) ? rest[1..] : rest;
        var numbers = new List<long>(5);
        while (numbers.Count < MostNumbers && TryNumber(ref rest, isFirst: numbers.Count == 0, out long number))
        {
            numbers.Add(number);
            if (rest.IsEmpty || rest[0] is not ('.' or '-'))
            {
                break;
            }

            rest = rest[1..];
        }

        return numbers.Count == 0 ? null : new VersionNumber([.. numbers], IsPreviewOf(rest));
    }

    private static bool TryNumber(ref ReadOnlySpan<char> rest, bool isFirst, out long number)
    {
        int digits = rest.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : rest.Length;

        // What begins with a digit and is more than a number is no part of it: git hashes, "6ubuntu1".
        bool ends = digits == rest.Length || ".-+~_ /".Contains(rest[digits], StringComparison.Ordinal);
        if ((!ends && !isFirst)
            || !long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            number = 0;
            return false;
        }

        rest = rest[digits..];
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(VersionNumber? other)
    {
        if (other is null)
        {
            return 1;
        }

        for (int i = 0; i < Math.Max(_numbers.Length, other._numbers.Length); i++)
        {
            int order = At(i).CompareTo(other.At(i));
            if (order != 0)
            {
                return order;
            }
        }

        return other.IsPreview.CompareTo(IsPreview);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('.', _numbers);

    private long At(int index) => index < _numbers.Length ? _numbers[index] : 0;

    private static bool IsPreviewOf(ReadOnlySpan<char> rest)
    {
        foreach (string preview in s_previews)
        {
            if (rest.StartsWith(preview, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
