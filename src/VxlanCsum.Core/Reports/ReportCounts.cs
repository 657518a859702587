namespace VxlanCsum.Reports;

/// <summary>Packets by verdict; each packet counts once.</summary>
/// <param name="Right">Verified and right, or without a checksum that could be wrong.</param>
/// <param name="Pending">Unfinished by offloading, innocent.</param>
/// <param name="Unverified">Not verifiable.</param>
/// <param name="Bad">Wrong or forbidden.</param>
internal readonly record struct ReportCounts(long Right, long Pending, long Unverified, long Bad)
{
    public long Packets => Right + Pending + Unverified + Bad;

    public double BadShare => Packets == 0 ? 0 : (double)Bad / Packets;

    public static ReportCounts operator +(ReportCounts a, ReportCounts b) =>
        new(a.Right + b.Right, a.Pending + b.Pending, a.Unverified + b.Unverified, a.Bad + b.Bad);
}
