using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.Links;

namespace VxlanCsum.Node.Ethtool;

/// <summary>What can go wrong with offload features, in words that say what to do.</summary>
internal static class EthtoolErrors
{
    public static NodeException Reading(string device, int error) => error switch
    {
        Errno.NoDevice or Errno.NoDevice6 => NetworkLinks.Vanished(device),
        Errno.NotSupported => new(NodeErrorId.OffloadUnsupported, NodeFailure.Unsupported, device,
            $"The kernel gives no offload features for '{device}'.",
            "They exist since Linux 2.6.39 and need no help from the driver; a sandbox may hide them."),
        _ when Errno.IsPermission(error) => new(NodeErrorId.OffloadPermission, NodeFailure.Permission, device,
            $"The offload features of '{device}' may not be read: {Errno.Describe(error)}.",
            "A security policy forbids the ioctl SIOCETHTOOL; run PowerShell outside it."),
        _ => new(NodeErrorId.OffloadReadFailed, NodeFailure.Failed, device,
            $"The offload features of '{device}' could not be read: {Errno.Describe(error)}."),
    };

    public static NodeException Writing(string device, int error) => error switch
    {
        Errno.NoDevice or Errno.NoDevice6 => NetworkLinks.Vanished(device),
        _ when Errno.IsPermission(error) => new(NodeErrorId.OffloadPermission, NodeFailure.Permission, device,
            $"The offload features of '{device}' may not be changed: that needs the capability CAP_NET_ADMIN.",
            "Run PowerShell as root, for example with sudo; in a container add the capability NET_ADMIN."),
        Errno.NotSupported => new(NodeErrorId.OffloadUnsupported, NodeFailure.Unsupported, device,
            $"The kernel does not let the offload features of '{device}' be changed by name.",
            "That needs Linux 2.6.39."),
        _ => new(NodeErrorId.OffloadRefused, NodeFailure.Refused, device,
            $"The kernel refuses to change the offload features of '{device}': {Errno.Describe(error)}.",
            "The kernel's log (dmesg) may say more."),
    };
}
