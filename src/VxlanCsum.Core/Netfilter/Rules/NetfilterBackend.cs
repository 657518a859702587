namespace VxlanCsum;

/// <summary>Which of the kernel's rule engines holds a table, and through which tool it was read.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum NetfilterBackend : byte
{
    /// <summary>The text does not say (iptables -S).</summary>
    Unknown = 0,

    /// <summary>ip_tables, as iptables-legacy writes it.</summary>
    IptablesLegacy = 1,

    /// <summary>nf_tables, as iptables-nft writes it.</summary>
    IptablesNft = 2,

    /// <summary>nf_tables in its own language, as nft writes it.</summary>
    Nftables = 3,
}
