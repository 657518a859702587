namespace VxlanCsum.TcpdumpText;

/// <summary>How a field that tcpdump calls bad compares to the seed that offloading starts from.</summary>
internal enum SeedMatch : byte
{
    /// <summary>It is not the seed: the addresses and the length are known.</summary>
    NoSeed,
    /// <summary>It is the seed.</summary>
    Seed,
    /// <summary>It is the seed, if what several packets of a host agree on is the host's address.</summary>
    Agreement,
    /// <summary>A name stands where the address is needed.</summary>
    AddressUnknown,
    /// <summary>The length is not printed.</summary>
    LengthUnknown,
}
