using System.Globalization;

namespace VxlanCsum;

/// <summary>Packets by verdict between two moments; each packet counts once.</summary>
/// <param name="From">UTC.</param>
/// <param name="Until">UTC; the next interval begins there or later.</param>
/// <param name="Right">Verified and right.</param>
/// <param name="Pending">With a checksum that a device has yet to complete.</param>
/// <param name="Unverified">Of which nothing could be verified.</param>
/// <param name="Bad">With a checksum that is wrong and not merely unfinished.</param>
public sealed record VerdictInterval(DateTime From, DateTime Until, long Right, long Pending, long Unverified, long Bad)
{
    /// <summary>"2026-11-23T02:18:41.5000000Z: 3 bad of 14".</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{From:o}: {Bad} bad of {Right + Pending + Unverified + Bad}");
}
