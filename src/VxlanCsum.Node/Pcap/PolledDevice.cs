using SharpPcap.LibPcap;

namespace VxlanCsum.Node.Pcap;

/// <summary>
/// A device of which the waiting is ours: in blocking mode libpcap 1.10 waits on through its read timeout in immediate
/// mode, until a frame comes, and an idle interface could not be left.
/// </summary>
internal sealed class PolledDevice(PcapInterface found) : LibPcapLiveDevice(found)
{
    /// <summary>Waits for a frame or an error; false after the time.</summary>
    public bool Wait(int milliseconds) => PollFileDescriptor(milliseconds);
}
