namespace VxlanCsum.Views;

/// <summary>Cells of a <see cref="PacketChecksum"/>, of its layers, and of packets that were dropped.</summary>
internal static class PacketCells
{
    /// <summary>Text gives no times.</summary>
    public static string? Time(ViewItem packet) =>
        packet.Number(nameof(PacketChecksum.TimestampNanoseconds)) == 0 ? null
            : packet.Text(nameof(PacketChecksum.Timestamp), "HH:mm:ss.fff");

    public static string Status(ViewItem item) =>
        item.Painted(nameof(PacketChecksum.Status), static status => status switch
        {
            nameof(ChecksumStatus.Good) => ViewColours.Green,
            nameof(ChecksumStatus.Bad) or nameof(ChecksumStatus.Illegal) => ViewColours.BrightRed,
            nameof(ChecksumStatus.Unverified) => ViewColours.Yellow,
            nameof(ChecksumStatus.Partial) => ViewColours.Cyan,
            _ => "",
        });

    /// <summary>What is found in the worst layer, without its status, which has a column of its own.</summary>
    public static string? WorstLayer(ViewItem packet)
    {
        string status = packet.Text(nameof(PacketChecksum.Status));
        if (status == nameof(ChecksumStatus.Good) || packet.Of(nameof(PacketChecksum.WorstLayer)) is not { } layer)
        {
            return null;
        }

        string[] parts = layer.ToString().Split(": ", 2);
        return $"{layer.Text(nameof(ChecksumLayer.Protocol))} {parts[1][status.Length..].Trim()}";
    }

    public static string? FaultCause(ViewItem packet) =>
        packet.Text(nameof(PacketChecksum.Cause)) is var cause && cause != nameof(ChecksumCause.None) ? cause : null;

    /// <summary>Of the tunnel, where there is one.</summary>
    public static string? Direction(ViewItem packet) =>
        packet.Text(nameof(PacketChecksum.OuterSource)) is { Length: > 0 } outer
            ? $"{outer} -> {packet.Text(nameof(PacketChecksum.OuterDestination))}"
        : packet.Text(nameof(PacketChecksum.Source)) is { Length: > 0 } source
            ? $"{source} -> {packet.Text(nameof(PacketChecksum.Destination))}" : null;

    public static string Layers(ViewItem packet) => string.Join(Environment.NewLine,
        packet.Items(nameof(PacketChecksum.Layers)).ConvertAll(static layer =>
            layer.Text(nameof(ChecksumLayer.Reason)) is { Length: > 0 } reason ? $"{layer} ({reason})" : $"{layer}"));
}
