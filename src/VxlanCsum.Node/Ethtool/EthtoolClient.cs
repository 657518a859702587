using System.Runtime.InteropServices;
using System.Text;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Offloads;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Ethtool;

/// <summary>
/// Reads and sets the features of network devices by the ioctl SIOCETHTOOL (linux/ethtool.h). It belongs to the network
/// namespace within which it was opened.
/// </summary>
internal sealed unsafe class EthtoolClient : IDisposable
{
    private const nuint Ethtool = 0x8946;
    private const uint GetDriver = 0x3, GetStrings = 0x1b, GetSetInfo = 0x37, GetFeatures = 0x3a, SetFeatures = 0x3b;
    private const uint FeatureNames = 4;
    private const int NameLength = 32, RequestLength = 40, RequestNameLength = 16, DriverInfoLength = 196,
        MostFeatures = 4096;

    private readonly DescriptorHandle _socket;
    private string[]? _names;

    private EthtoolClient(DescriptorHandle socket) => _socket = socket;

    /// <exception cref="NodeException">This is not Linux, or the system gives no socket.</exception>
    public static EthtoolClient Open()
    {
        NetworkLinks.RequireLinux("offload features");

        // Any socket does; a kernel without IPv4 still has netlink, which takes the ioctl since Linux 4.5.
        DescriptorHandle socket = NamespaceSocket.Open(Libc.InternetFamily, Libc.DatagramSocket, 0, out int error);
        if (socket.IsInvalid)
        {
            socket.Dispose();
            socket = NamespaceSocket.Open(Libc.NetlinkFamily, Libc.RawSocket, 0, out error);
        }

        if (socket.IsInvalid)
        {
            socket.Dispose();
            throw new NodeException(NodeErrorId.OffloadReadFailed, NodeFailure.Failed, "socket",
                $"No socket for reading offload features: {Errno.Describe(error)}.");
        }

        return new EthtoolClient(socket);
    }

    /// <summary>The features of a device in the kernel's order, without rows for groups.</summary>
    /// <exception cref="NodeException">The device is gone, or its driver has no features.</exception>
    public IReadOnlyList<OffloadFeature> ReadFeatures(NetworkLink link)
    {
        string[] names = _names ??= ReadNames(link);
        FeatureBlock[] blocks = ReadBlocks(link, names.Length);
        var features = new List<OffloadFeature>(names.Length);
        for (int bit = 0; bit < names.Length; bit++)
        {
            // A bit without a name is none that user space may know.
            if (names[bit].Length > 0)
            {
                FeatureBlock block = blocks[bit / 32];
                uint mask = 1u << (bit % 32);
                features.Add(OffloadTable.Describe(names[bit]) with
                {
                    Interface = link.Name,
                    Active = (block.Active & mask) != 0,
                    Requested = (block.Requested & mask) != 0,
                    Available = (block.Available & mask) != 0,
                    Fixed = (block.Available & mask) == 0 || (block.NeverChanged & mask) != 0,
                });
            }
        }

        return features;
    }

    /// <summary>Asks for features to be on or off, all in one call. What the kernel then makes of it is to be
    /// read.</summary>
    /// <param name="link">The device.</param>
    /// <param name="wanted">The kernel's names and what they are to be.</param>
    /// <exception cref="NodeException">The device is gone, the capability is missing, or the driver
    /// refuses.</exception>
    public void WriteFeatures(NetworkLink link, IReadOnlyDictionary<string, bool> wanted)
    {
        string[] names = _names ??= ReadNames(link);
        int count = BlockCount(names.Length);
        uint* command = stackalloc uint[2 + (2 * count)];
        new Span<uint>(command, 2 + (2 * count)).Clear();
        command[0] = SetFeatures;
        command[1] = (uint)count;
        for (int bit = 0; bit < names.Length; bit++)
        {
            if (names[bit].Length > 0 && wanted.TryGetValue(names[bit], out bool on))
            {
                // struct ethtool_set_features_block { valid, requested }
                command[2 + (2 * (bit / 32))] |= 1u << (bit % 32);
                command[3 + (2 * (bit / 32))] |= on ? 1u << (bit % 32) : 0;
            }
        }

        int error = Call(link, command);
        if (error != 0)
        {
            throw EthtoolErrors.Writing(link.Name, error);
        }
    }

    /// <summary>The name of a device's driver; null where the kernel does not say.</summary>
    public string? TryReadDriver(NetworkLink link)
    {
        byte* info = stackalloc byte[DriverInfoLength];
        new Span<byte>(info, DriverInfoLength).Clear();
        *(uint*)info = GetDriver;
        return Call(link, info) == 0 && Text(info + 4, NameLength) is { Length: > 0 } driver ? SafeText.Escape(driver)
            : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static int BlockCount(int features) => (features + 31) / 32;

    private string[] ReadNames(NetworkLink link)
    {
        // struct ethtool_sset_info { cmd, reserved, u64 sset_mask, u32 data[] }
        uint* info = stackalloc uint[5];
        new Span<uint>(info, 5).Clear();
        info[0] = GetSetInfo;
        *(ulong*)(info + 2) = 1ul << (int)FeatureNames;
        int error = Call(link, info);
        if (error != 0)
        {
            throw EthtoolErrors.Reading(link.Name, error);
        }

        uint count = *(ulong*)(info + 2) == 0 ? 0 : info[4];
        if (count is 0 or > MostFeatures)
        {
            throw EthtoolErrors.Reading(link.Name, Errno.NotSupported);
        }

        // struct ethtool_gstrings { cmd, string_set, len, u8 data[] }
        byte[] strings = new byte[12 + (count * NameLength)];
        var names = new string[count];
        fixed (byte* data = strings)
        {
            ((uint*)data)[0] = GetStrings;
            ((uint*)data)[1] = FeatureNames;
            ((uint*)data)[2] = count;
            error = Call(link, data);
            if (error != 0)
            {
                throw EthtoolErrors.Reading(link.Name, error);
            }

            for (int i = 0; i < names.Length; i++)
            {
                names[i] = Text(data + 12 + (i * NameLength), NameLength);
            }
        }

        return names;
    }

    private FeatureBlock[] ReadBlocks(NetworkLink link, int features)
    {
        // struct ethtool_gfeatures { cmd, size, struct ethtool_get_features_block features[] }
        int count = BlockCount(features);
        uint* command = stackalloc uint[2 + (4 * count)];
        new Span<uint>(command, 2 + (4 * count)).Clear();
        command[0] = GetFeatures;
        command[1] = (uint)count;
        int error = Call(link, command);
        return error == 0
            ? new Span<FeatureBlock>(command + 2, count).ToArray()
            : throw EthtoolErrors.Reading(link.Name, error);
    }

    /// <summary>Zero, or the error number.</summary>
    private int Call(NetworkLink link, void* command)
    {
        byte* request = stackalloc byte[RequestLength];
        var bytes = new Span<byte>(request, RequestLength);
        bytes.Clear();

        // The kernel's own name of the device, so it fits: at most 15 bytes and a NUL.
        link.RawName.AsSpan(0, Math.Min(link.RawName.Length, NetworkLinks.LongestName)).CopyTo(bytes);
        *(nint*)(request + RequestNameLength) = (nint)command;
        return Libc.Ioctl(_socket, Ethtool, (nint)request) >= 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    private static string Text(byte* text, int length)
    {
        var bytes = new ReadOnlySpan<byte>(text, length);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>struct ethtool_get_features_block</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct FeatureBlock
    {
        public readonly uint Available, Requested, Active, NeverChanged;
    }
}
