using System.Runtime.CompilerServices;
using System.Text;
using VxlanCsum.Netfilter.Nftables;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Reading;

/// <summary>
/// Reads rules in every grammar that Linux prints them in, one or several in a text: iptables-save and -S of both
/// flavours and families, iptables -L, nft list ruleset as text and as JSON, ipset save.
/// </summary>
internal sealed class RulesetReader
{
    /// <summary>Of one text. What is behind one is read through those before it.</summary>
    private const int MostJsonTexts = 64;

    private readonly RulesetSink _sink;

    public RulesetReader(RulesetReadOptions? options = null) =>
        _sink = new RulesetSink(options ?? new RulesetReadOptions());

    public static NetfilterRuleset Read(string text, RulesetReadOptions? options = null)
    {
        var reader = new RulesetReader(options);
        reader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "text");
        return reader.Build();
    }

    /// <summary>Reads one text.</summary>
    /// <param name="stream">Read to its end, not closed.</param>
    /// <param name="path">The file, or what stands for it.</param>
    /// <param name="backend">The engine, where the text does not say.</param>
    /// <param name="family">The family, where the text does not say.</param>
    public void Read(Stream stream, string path, NetfilterBackend backend = NetfilterBackend.Unknown,
        NetfilterFamily? family = null)
    {
        _sink.Path = path;
        long lines = 0;
        Stream? rest = stream;
        for (int json = 0; rest is not null; json++)
        {
            if (json > MostJsonTexts)
            {
                _sink.Problem(RulesetErrorId.TooLarge, lines, string.Empty,
                    $"more than {MostJsonTexts} pieces of JSON in one text: the rest is not read");
                return;
            }

            rest = Read(rest, backend, family, ref lines);
        }
    }

    /// <summary>Reads to the end, or to the end of a piece of JSON.</summary>
    /// <returns>What is behind that; null at the end.</returns>
    private Stream? Read(Stream stream, NetfilterBackend backend, NetfilterFamily? family, ref long linesBefore)
    {
        var lines = new LineSource(stream) { Number = linesBefore };
        var readers = new LineReaders(_sink, backend, family);
        bool first = linesBefore == 0;
        while (true)
        {
            if (!readers.IsInsideNft && lines.AtJson)
            {
                Stream rest = new NftJsonReader(_sink).Read(lines.Rest(), lines.Number + 1, out long ends);
                linesBefore = lines.Number + ends;
                readers.End(linesBefore);
                return rest;
            }

            if (!lines.Next(out ReadOnlySpan<byte> line))
            {
                break;
            }

            if (_sink.IsFull)
            {
                _sink.TellFull(lines.Number);
                break;
            }

            if (first)
            {
                first = false;
                if (Recoded(line, lines, out Stream? utf8))
                {
                    return utf8;
                }

                line = line.StartsWith(Encoding.UTF8.Preamble) ? line[3..] : line;
            }

            if ((lines.Number & 0x3fff) == 0)
            {
                _sink.Options.Cancellation.ThrowIfCancellationRequested();
            }

            readers.Read(line, lines);
        }

        readers.End(lines.Number);
        return null;
    }

    public NetfilterRuleset Build() => _sink.Build();

    /// <summary>How much has been read.</summary>
    public RulesetMark Mark() => _sink.Mark();

    /// <summary>What was read since the mark are tables of which only some chains were asked for.</summary>
    public void MarkPartial(RulesetMark mark) => _sink.MarkPartial(mark);

    /// <summary>Takes back what was read since the mark.</summary>
    public void Forget(RulesetMark mark) => _sink.Forget(mark);

    /// <summary>A table of this name was read.</summary>
    public bool Has(NetfilterBackend backend, NetfilterFamily family, string table) =>
        _sink.Has(backend, family, table);

    // Windows tools write UTF-16; its first line ends in the middle of a character.
    private static bool Recoded(ReadOnlySpan<byte> line, LineSource lines, out Stream? utf8)
    {
        Encoding? from = line.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? Encoding.Unicode
            : line.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? Encoding.BigEndianUnicode
            : null;
        utf8 = from is null ? null
            : Encoding.CreateTranscodingStream(lines.Rest(line[from.Preamble.Length..]), from, Encoding.UTF8);
        return utf8 is not null;
    }
}
