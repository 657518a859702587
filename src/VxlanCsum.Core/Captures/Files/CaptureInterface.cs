using VxlanCsum.Text;

namespace VxlanCsum.Captures.Files;

/// <summary>An interface of a capture: of the file's header (pcap) or an Interface Description Block
/// (pcapng).</summary>
/// <param name="Path">Of the capture, as people gave it, fit to be shown; "-" for standard input.</param>
/// <param name="Index">0 for pcap; the interface id for pcapng, counted over all sections.</param>
/// <param name="Name">if_name, sanitised, or null.</param>
/// <param name="LinkType">What the frames begin with.</param>
/// <param name="SnapLength">0 when unlimited or unknown.</param>
internal sealed record CaptureInterface(string Path, int Index, string? Name, LinkType LinkType, uint SnapLength)
{
    public string Path { get; } = SafeText.Path(Path);
}
