namespace VxlanCsum;

/// <summary>The first header of a captured frame. Values are the LINKTYPE_ numbers of pcap and pcapng files
/// (tcpdump.org/linktypes.html).</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum LinkType
{
    /// <summary>BSD loopback: a four-byte address family in the writer's byte order.</summary>
    Null = 0,
    /// <summary>Ethernet II and 802.3.</summary>
    Ethernet = 1,
    /// <summary>PPP, with or without HDLC-like framing.</summary>
    Ppp = 9,
    /// <summary>Raw IP as DLT_RAW on most systems; files should hold 101.</summary>
    RawDlt12 = 12,
    /// <summary>Raw IP as DLT_RAW on OpenBSD.</summary>
    RawDlt14 = 14,
    /// <summary>PPP in HDLC-like framing.</summary>
    PppHdlc = 50,
    /// <summary>PPPoE session packets.</summary>
    PppEther = 51,
    /// <summary>Raw IPv4 or IPv6; the version nibble decides.</summary>
    Raw = 101,
    /// <summary>Cisco HDLC.</summary>
    CHdlc = 104,
    /// <summary>OpenBSD loopback: a four-byte address family in network byte order.</summary>
    Loop = 108,
    /// <summary>Linux cooked capture, v1 (tcpdump -i any).</summary>
    LinuxSll = 113,
    /// <summary>Raw IPv4.</summary>
    IPv4 = 228,
    /// <summary>Raw IPv6.</summary>
    IPv6 = 229,
    /// <summary>Packets that an NFLOG rule of netfilter copied (tcpdump -i nflog:GROUP).</summary>
    Nflog = 239,
    /// <summary>IP over InfiniBand.</summary>
    IPoIB = 242,
    /// <summary>Linux cooked capture, v2.</summary>
    LinuxSll2 = 276,
}
