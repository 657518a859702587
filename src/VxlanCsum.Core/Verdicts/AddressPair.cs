namespace VxlanCsum.Verdicts;

/// <summary>Where an IP header stands in the frame that is being walked.</summary>
internal struct AddressPair
{
    /// <summary>Of the source address, from the start of the frame; the destination follows it.</summary>
    public int Offset;

    /// <summary>4 or 16 bytes.</summary>
    public byte Size;
}
