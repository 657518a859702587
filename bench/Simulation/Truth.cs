namespace VxlanCsum.Simulation;

/// <summary>What was done to the packets of a simulated capture.</summary>
internal enum Truth
{
    Healthy,

    /// <summary>The sender's own capture: seeds, and outer checksums of local offload.</summary>
    Unfinished,

    /// <summary>The receiver's capture of packets whose inner checksum no device completed.</summary>
    DeviceForgets,
    DefectAPort,
    DefectAAddress,
    DefectBPort,
    DefectBAddress,

    /// <summary>A translator on the way rewrites one address and mends no UDP checksum.</summary>
    Translated,

    /// <summary>The capture's addresses were edited afterwards, one for another.</summary>
    Anonymised,

    /// <summary>Random bytes, bits or outer checksums.</summary>
    DamagedAtRandom,

    /// <summary>One and the same bit of every packet.</summary>
    StuckBit,
}
