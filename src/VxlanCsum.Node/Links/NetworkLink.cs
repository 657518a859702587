namespace VxlanCsum.Node.Links;

/// <summary>A network device as rtnetlink describes it.</summary>
/// <param name="Index">Its number in its namespace.</param>
/// <param name="Name">For people: control characters are escaped.</param>
/// <param name="RawName">As the kernel has it, without the NUL: any bytes but '/', ':' and white space.</param>
/// <param name="Kind">"vxlan", "veth"...; null for devices of drivers.</param>
/// <param name="KindData">IFLA_INFO_DATA, by which the kind describes the device.</param>
/// <param name="Mtu">In bytes.</param>
/// <param name="Flags">IFF_*.</param>
/// <param name="LowerIndex">The device below (IFLA_LINK); 0 where there is none.</param>
/// <param name="LowerIsElsewhere">Whether that number is of another namespace.</param>
internal sealed record NetworkLink(
    int Index, string Name, byte[] RawName, string? Kind, byte[] KindData, int Mtu, uint Flags, int LowerIndex,
    bool LowerIsElsewhere)
{
    private const uint FlagUp = 1, FlagLoopback = 8;

    public bool IsUp => (Flags & FlagUp) != 0;

    public bool IsLoopback => (Flags & FlagLoopback) != 0;
}
