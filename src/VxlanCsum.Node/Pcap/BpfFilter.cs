using PacketDotNet;
using SharpPcap;
using SharpPcap.LibPcap;

namespace VxlanCsum.Node.Pcap;

/// <summary>A capture filter in tcpdump's language, compiled by libpcap for one link type.</summary>
internal sealed class BpfFilter : IDisposable
{
    private readonly BpfProgram _program;

    /// <exception cref="BpfFilterException">libpcap is missing, or does not understand the expression.</exception>
    public BpfFilter(LinkType link, string expression)
    {
        try
        {
            _program = BpfProgram.Create((LinkLayers)link, expression);
        }
        catch (PcapException error)
        {
            throw NotUnderstood(expression, error);
        }
        catch (Exception error)
            when (error is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException })
        {
            throw LibPcapMissing(error);
        }
    }

    public static BpfFilterException NotUnderstood(string expression, Exception inner) => new(
        BpfFilterException.Invalid, $"'{expression}' is no capture filter: {inner.Message}",
        "The language is tcpdump's: see pcap-filter(7).", inner);

    /// <summary>What to tell when the library is not there, wherever that shows.</summary>
    public static BpfFilterException LibPcapMissing(Exception? inner) => new(
        BpfFilterException.LibraryMissing,
        "libpcap, which filters and live capture need, is not installed.",
        "Install it: Debian and Ubuntu 'apt-get install libpcap0.8' (from Debian 13 'libpcap0.8t64'), RHEL and "
        + "Fedora 'dnf install libpcap', Alpine 'apk add libpcap'.",
        inner);

    /// <summary>Does the frame pass?</summary>
    public unsafe bool Matches(byte* frame, int captured, uint wire)
    {
        PcapPacketHeader header = new() { Captured = (uint)captured, Wire = wire };
        return _program.Matches((IntPtr)(&header), (IntPtr)frame);
    }

    public void Dispose() => _program.Dispose();
}

/// <summary>A capture filter that cannot be used.</summary>
internal sealed class BpfFilterException(string errorId, string message, string action, Exception? inner)
    : Exception(message, inner)
{
    public const string LibraryMissing = "LibpcapMissing";
    public const string Invalid = "FilterInvalid";

    public string ErrorId { get; } = errorId;
    public string Action { get; } = action;
}
