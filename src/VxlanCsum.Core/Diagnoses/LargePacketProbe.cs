namespace VxlanCsum.Diagnoses;

/// <summary>What became of one TCP segment that was as large as the way was said to take.</summary>
/// <param name="Server">The address that was asked.</param>
/// <param name="Port">Its port.</param>
/// <param name="Bytes">What the segment carried.</param>
/// <param name="Acknowledged">Whether it arrived, as the kernel knows it.</param>
/// <param name="Retransmissions">How often it was sent again meanwhile.</param>
internal sealed record LargePacketProbe(string Server, int Port, int Bytes, bool Acknowledged, int Retransmissions)
{
    /// <summary>It was sent often enough to tell loss by its size from loss by chance.</summary>
    public bool IsLost => !Acknowledged && Retransmissions >= 2;
}
