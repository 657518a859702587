using VxlanCsum.Verdicts;

namespace VxlanCsum.TcpdumpText;

/// <summary>What printed packets lack for a verdict, and the command that prints it.</summary>
internal sealed class TextLacks
{
    private readonly PrintedForm _form = new();
    private readonly Dictionary<LayerReason, long> _reasons = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private string? _device;
    private int? _port;
    private bool _isJudged;

    /// <summary>Looks at a line, as tcpdump printed it.</summary>
    public void Add(string line) => _form.Add(line);

    /// <summary>Looks at a packet that was read out of it.</summary>
    public void Add(PacketChecksum packet)
    {
        _isJudged |= packet.Layers.Any(static l => l.Status != ChecksumStatus.Unverified
            && l.Protocol != ChecksumProtocol.IPv4);
        _device ??= packet.Interface;
        foreach (ChecksumLayer layer in packet.Layers.Where(static l => l.Status == ChecksumStatus.Unverified))
        {
            _reasons[layer.Code] = _reasons.GetValueOrDefault(layer.Code) + 1;
            _port ??= layer.IsTunnel ? layer.DestinationPort : null;
        }

        foreach (string? name in (string?[])[packet.Source, packet.Destination])
        {
            if (name is not null && _names.Count < 1000)
            {
                _names.Add(name);
            }
        }
    }

    /// <summary>What most packets lack; null where one of them could be judged, or nothing was read.</summary>
    public (string What, string Command)? Most() => _isJudged || _reasons.Count == 0 ? null
        : LackWords.Missing(_reasons.MaxBy(static r => r.Value).Key, _form, _names, _device ?? "any",
            _port is > 0 and var port ? Phrase.Text($"{port}") : "8472");
}
