using System.Text.RegularExpressions;

namespace VxlanCsum.TcpdumpText;

/// <summary>How packets were printed: what that leaves out is known before any of them is read.</summary>
internal sealed partial class PrintedForm
{
    /// <summary>Headers were printed: tcpdump ran with -v.</summary>
    public bool IsVerbose { get; private set; }

    /// <summary>The form of tcpdump before 4.0, which did not say what a checksum should be.</summary>
    public bool IsOld { get; private set; }

    /// <summary>Packets were cut by the snapshot length.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Lines were picked out by another program.</summary>
    public bool IsFiltered { get; private set; }

    /// <summary>Looks at a line.</summary>
    public void Add(string line)
    {
        if (line.Length is 0 or > 4000)
        {
            return;
        }

        IsVerbose |= line.Contains("(tos 0x", StringComparison.Ordinal)
            || line.Contains("(hlim ", StringComparison.Ordinal)
            || line.Contains("(class 0x", StringComparison.Ordinal)
            || line.Contains("(flowlabel ", StringComparison.Ordinal);
        IsOld |= OldForm().IsMatch(line);
        IsCut |= line.Contains("[|", StringComparison.Ordinal);
        IsFiltered |= Filtered().IsMatch(line);
    }

    [GeneratedRegex(@"cksum [0-9a-f]{4}!", RegexOptions.CultureInvariant)]
    private static partial Regex OldForm();

    [GeneratedRegex(@"\btcpdump\b.*\|\s*(?:[ez]?grep|awk|sed|head|tail|rg)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Filtered();
}
