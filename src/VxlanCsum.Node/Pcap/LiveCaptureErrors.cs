using SharpPcap;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Pcap;

/// <summary>What can go wrong with a live capture, in words that say what to do.</summary>
internal static class LiveCaptureErrors
{
    public static Exception Opening(LiveCaptureOptions options, Exception error) => error switch
    {
        NodeException or BpfFilterException => error,
        DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException } =>
            BpfFilter.LibPcapMissing(error),
        PcapException { Error: PcapError.PermissionDenied } => new NodeException(
            NodeErrorId.LiveCapturePermission, NodeFailure.Permission, options.Interface,
            $"Capturing on '{SafeText.Escape(options.Interface)}' is not permitted: that needs the capability "
            + $"CAP_NET_RAW.",
            "Run PowerShell as root, for example with sudo; in a container add the capability NET_RAW.", error),
        PcapException { Error: PcapError.PromiscuousPermissionDenied } => new NodeException(
            NodeErrorId.LiveCapturePermission, NodeFailure.Permission, options.Interface,
            $"Capturing frames for other stations on '{SafeText.Escape(options.Interface)}' is not permitted: that "
            + $"needs the capability CAP_NET_ADMIN.",
            "Leave -Promiscuous out: a node's own traffic is captured without it.", error),
        PcapException { Error: PcapError.InterfaceNotUp } => new NodeException(
            NodeErrorId.InterfaceDown, NodeFailure.Refused, options.Interface,
            $"The interface '{SafeText.Escape(options.Interface)}' is down.",
            $"Bring it up: ip link set {SafeText.Escape(options.Interface)} up", error),
        PcapException { Error: PcapError.NoSuchDevice } => NetworkLinks.Vanished(options.Interface),
        _ => new NodeException(NodeErrorId.LiveCaptureFailed, NodeFailure.Failed, options.Interface,
            $"Capturing on '{SafeText.Escape(options.Interface)}' cannot begin: {SafeText.Escape(error.Message)}", null,
            error),
    };

    /// <summary>libpcap lists the devices that it can open.</summary>
    public static NodeException NotOffered(string name) =>
        new(NodeErrorId.LiveCaptureFailed, NodeFailure.Unsupported, name,
            $"libpcap does not offer '{SafeText.Escape(name)}' for capturing.",
            "It leaves out devices of a kind that it does not know.");

    /// <summary>An error in the middle of a capture: nearly always the device went away or down.</summary>
    public static NodeException Ended(string name, string reason) =>
        new(NodeErrorId.LiveCaptureEnded, NodeFailure.NotFound, name,
            $"The capture on '{SafeText.Escape(name)}' ended: {SafeText.Escape(reason)}.",
            "The interface was removed or set down; network plugins do that when they restart. What was captured "
            + "before was delivered.");
}
