using System.Runtime.CompilerServices;
using VxlanCsum.Netfilter.Iptables;
using VxlanCsum.Netfilter.Listings;
using VxlanCsum.Netfilter.Nftables;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Sets;

namespace VxlanCsum.Netfilter.Reading;

/// <summary>The readers of all grammars that go by lines: each line is one's own.</summary>
internal sealed class LineReaders
{
    private readonly RulesetSink _sink;
    private readonly IptablesReader _iptables;
    private readonly PastedReader _pasted;
    private readonly IpsetReader _ipset;
    private readonly NftTextReader _nft;

    public LineReaders(RulesetSink sink, NetfilterBackend backend, NetfilterFamily? family)
    {
        _sink = sink;
        _iptables = new IptablesReader(sink, backend, family);
        _pasted = new PastedReader(sink, _iptables);
        _ipset = new IpsetReader(sink);
        _nft = new NftTextReader(sink);
    }

    /// <summary>In the middle of a table of nft's.</summary>
    public bool IsInsideNft => _nft.IsInside;



    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(ReadOnlySpan<byte> line, LineSource lines)
    {
        ReadOnlySpan<byte> text = line.Trim(" \t\f\v"u8);
        if (text.IsEmpty && !_nft.IsInside)
        {
            _pasted.Blank();
        }
        else if (lines.WasCut)
        {
            _iptables.Tables.Spoil(lines.Number);
            _sink.Problem(RulesetErrorId.LineTooLong, lines.Number, text,
                $"longer than {LineSource.LongestLine:N0} bytes; iptables-restore itself takes 10,240");
        }
        else if (_nft.IsInside || NftTextReader.IsOurs(text))
        {
            _nft.Read(line, lines.Number);
        }
        else if (IpsetReader.IsOurs(text))
        {
            _ipset.Read(text, lines.Number);
        }
        else if (!PastedReader.MayBePasted(text) && _iptables.Read(text, lines.Number))
        {
            _pasted.SeePlain();
        }
        else
        {
            _pasted.Read(text, lines.Number);
        }
    }

    public void End(long line)
    {
        _nft.End(line);
        _pasted.End(line);
    }
}
