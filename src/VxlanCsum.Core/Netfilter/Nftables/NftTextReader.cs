using System.Globalization;
using System.Text;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Pasting;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>Reads nft list ruleset: tables, chains, rules, sets and maps. Statement by statement, so that a large text
/// needs no second copy.</summary>
internal sealed class NftTextReader(RulesetSink sink)
{
    // A rule of 64 KiB has thousands of words; only the elements of a set may take more: 16 MiB are those of 150,000
    // services.
    private const int LongestStatement = 16 << 20;

    private static readonly string[] s_otherBlocks = ["flowtable", "counter", "quota", "limit", "ct", "secmark",
        "synproxy", "meter", "tunnel"];
    private readonly StringBuilder _statement = new();
    private readonly RuleArena _arena = new();
    private readonly List<NetfilterTable> _tables = [];
    private NetfilterTable? _table;
    private NetfilterChain? _chain;
    private NftSet? _set;
    private Block _block = Block.None;
    private int _braces;
    private int _skipped;
    private bool _quoted, _isTooLong;
    private long _began;

    private enum Block
    {
        None,
        Table,
        Chain,
        Set,
        Other,
    }

    /// <summary>In the middle of a table.</summary>
    public bool IsInside => _block != Block.None || _statement.Length > 0;

    /// <summary>"table ip nat {": the first line of such a text.</summary>
    public static bool IsOurs(ReadOnlySpan<byte> line) => line.StartsWith("table "u8) && !line.EndsWith(";"u8);

    public void Read(ReadOnlySpan<byte> line, long number)
    {
        string text = PasteCharacters.Plain(Encoding.UTF8.GetString(line));
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (_quoted || c == '"')
            {
                _quoted = c == '"' ? !_quoted : _quoted;
                Append(c, number);
            }
            else if (c == '#')
            {
                Handle(text[i..]);
                break;
            }
            else if (_braces > 0 || !Structure(c, number))
            {
                _braces += c == '{' ? 1 : c == '}' ? -1 : 0;
                Append(c, number);
            }
        }

        EndLine(number);
    }

    private void EndLine(long number)
    {
        // A string does not go over a line's end; a set in braces does.
        _quoted = false;
        if (_statement.Length > 0 && _statement[^1] == '\\')
        {
            _statement[^1] = ' ';
        }
        else if (_braces == 0)
        {
            Statement(number);
        }
        else
        {
            Append(' ', number);
        }
    }

    public void End(long line)
    {
        Statement(line);
        if (_block != Block.None)
        {
            if (_table is not null)
            {
                _table.Missing ??= "the text ends before its closing brace";
            }

            sink.Problem(RulesetErrorId.Incomplete, line, string.Empty,
                $"table {_table?.Name} has no closing brace: the text may be cut, and rules may be missing");
        }

        (_block, _table, _chain, _set) = (Block.None, null, null, null);
        _tables.Clear();
    }

    private void Append(char c, long number)
    {
        if (_statement.Length == 0)
        {
            if (char.IsWhiteSpace(c))
            {
                return;
            }

            _began = number;
        }

        if (_statement.Length < LongestStatement)
        {
            _statement.Append(c);
        }
        else
        {
            _isTooLong = true;
        }
    }

    /// <summary>Braces that open and close tables and chains, and the ends of statements. False for what belongs to a
    /// statement.</summary>
    private bool Structure(char c, long number)
    {
        switch (c)
        {
            case '{' when _block is Block.None or Block.Table:
                Open(number);
                return true;
            case '{' when _block == Block.Other:
                _skipped++;
                _statement.Clear();
                return true;
            case '}':
                Statement(number);
                Close();
                return true;
            case ';':
                Statement(number);
                return true;
            default:
                return false;
        }
    }

    private void Open(long number)
    {
        string[] words = _statement.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string text = _statement.ToString();
        _statement.Clear();
        _isTooLong = false;
        switch (words)
        {
            case ["table", var family, var name] when _block == Block.None && NftNames.Family(family) is { } known:
                Table(known, name);
                break;
            case ["table", var name] when _block == Block.None:
                Table(NetfilterFamily.IPv4, name);
                break;
            case ["chain", var name] when _block == Block.Table:
                Chain(_table!, SafeText.Escape(name.Trim('"')));
                break;
            case ["set" or "map", var name] when _block == Block.Table:
                _set = new NftSet(name);
                sink.CountSet();
                _table!.Add(_set);
                _block = Block.Set;
                break;
            case [var kind, ..] when _block == Block.Table && Array.IndexOf(s_otherBlocks, kind) >= 0:
                _block = Block.Other;
                break;
            default:
                sink.Problem(RulesetErrorId.LineUnreadable, number, SafeText.Escape(text, 200),
                    "not the beginning of a table, chain, set or map as nft lists them");
                _block = Block.Other;
                break;
        }
    }

    private void Chain(NetfilterTable table, string name)
    {
        bool keep = sink.Options.Keep is not { } asked || asked(table.Name, name);
        _chain = keep ? table.Find(name) ?? sink.Add(table, new NetfilterChain(table, name, NftRule.Make)) : null;
        table.IsPartial |= _chain is null;
        _block = Block.Chain;
    }

    private void Table(NetfilterFamily family, string name)
    {
        // nft lists each table once; scripts open it again and again.
        _table = _tables.Find(t => t.Family == family && t.Name == name);
        if (_table is null)
        {
            _table = new NetfilterTable(_arena, NetfilterBackend.Nftables, family, SafeText.Escape(name), sink.Path);
            _tables.Add(_table);
            sink.Add(_table);
        }

        _block = Block.Table;
    }

    private void Close()
    {
        if (_block == Block.Other && _skipped > 0)
        {
            _skipped--;
            return;
        }

        _block = _block is Block.Chain or Block.Set or Block.Other && _table is not null ? Block.Table : Block.None;
        (_chain, _set) = (null, null);
        _table = _block == Block.None ? null : _table;
    }

    private void Statement(long number)
    {
        if (_isTooLong)
        {
            TooLong(number);
            return;
        }

        string text = _statement.ToString().Trim();
        _statement.Clear();
        if (text.Length == 0 || _block == Block.Other)
        {
            return;
        }

        switch (_block)
        {
            case Block.Chain:
                Chain(text);
                break;
            case Block.Set when text.StartsWith("elements", StringComparison.Ordinal):
                Elements(text);
                break;
            case Block.None:
                sink.Problem(RulesetErrorId.LineUnreadable, number, SafeText.Escape(text, 200),
                    "a command or definition; only what nft list ruleset prints is read");
                break;
        }
    }

    private void Elements(string text)
    {
        NftElements.Read(text, _set!);
        if (!sink.MayKeep(_set!.Elements.Count))
        {
            _table!.Forget(_set);
            sink.TooLarge(_set.Name, _began);
        }
    }

    /// <summary>Half a statement would be taken for a whole one: half a set for all that is in it.</summary>
    private void TooLong(long number)
    {
        _isTooLong = false;
        _statement.Clear();
        _statement.Capacity = 0;
        if (_block == Block.Set)
        {
            _table!.Forget(_set!);
        }
        else if (_table is not null)
        {
            _table.Missing ??= $"the statement at line {_began} is longer than {LongestStatement >> 20} MiB";
        }

        sink.Problem(RulesetErrorId.TooLarge, number, string.Empty, $"the statement that begins at line {_began} is longer "
            + $"than {LongestStatement >> 20} MiB and is not read; what it says counts as unknown");
    }

    private void Chain(string text)
    {
        if (_chain is null)
        {
            return;
        }

        if (text.StartsWith("type ", StringComparison.Ordinal) && text.Contains(" hook ", StringComparison.Ordinal))
        {
            NftNames.Place(_chain, text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }
        else if (text.StartsWith("policy ", StringComparison.Ordinal))
        {
            string policy = SafeText.Escape(text["policy ".Length..].Trim()).ToUpperInvariant();
            _chain.Place((_chain.Place() ?? new HookPlace()) with { Policy = policy });
        }
        else if (!text.StartsWith("comment ", StringComparison.Ordinal)
            && !text.StartsWith("devices ", StringComparison.Ordinal))
        {
            sink.CountRule(NftRule.Add(_chain, _began, text));
        }
    }

    // "# handle 12" of nft -a.
    private void Handle(string comment)
    {
        const string Lead = "# handle ";
        if (_block == Block.Table && _table is { Handle: 0 } && comment.StartsWith(Lead, StringComparison.Ordinal)
            && long.TryParse(comment.AsSpan(Lead.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture,
                out long handle))
        {
            _table.Handle = handle;
        }
    }
}
