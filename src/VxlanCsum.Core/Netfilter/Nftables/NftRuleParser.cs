using System.Globalization;
using VxlanCsum.Netfilter.Iptables;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>From a rule of nft to what it means. What is not known is kept as a condition that cannot be told, up to
/// the next known word.</summary>
internal sealed class NftRuleParser
{
    private readonly string _text;
    private readonly NetfilterTable _table;
    private readonly List<NftToken> _tokens;
    private readonly NftStatements _rule = new();
    private readonly List<(int Start, int End)> _numbers = [];
    private int _at;

    private NftRuleParser(string text, NetfilterTable table)
    {
        _text = text;
        _table = table;
        _tokens = NftLexer.Split(text);
    }

    public static NftStatements Parse(string text, NetfilterTable table)
    {
        var parser = new NftRuleParser(text, table);
        while (parser._at < parser._tokens.Count)
        {
            int before = parser._at;
            parser.Statement();
            if (parser._at == before)
            {
                parser._at++;
            }
        }

        parser._rule.Text = parser.WithoutNumbers();
        return parser._rule;
    }

    private string Word(int ahead = 0) =>
        _at + ahead < _tokens.Count && !_tokens[_at + ahead].Quoted ? _tokens[_at + ahead].Text : string.Empty;

    private string Take() => _at < _tokens.Count ? _tokens[_at++].Text : string.Empty;

    private bool Take(string keyword)
    {
        bool there = _at < _tokens.Count && _tokens[_at].Is(keyword);
        _at += there ? 1 : 0;
        return there;
    }

    private void Statement()
    {
        switch (Word())
        {
            case "counter":
                Counter();
                break;
            case "comment":
                _at++;
                _rule.Comment = Take();
                break;
            case "accept" or "drop" or "return" or "continue" or "jump" or "goto":
                if (NftVerdicts.Parse(_tokens, ref _at, _table) is { } verdict)
                {
                    _rule.Ops.Add(verdict);
                }

                break;
            case "reject" or "log" or "queue" or "tproxy" or "synproxy" or "dup" or "fwd" or "flow" or "add" or "update"
                or "delete" or "set" or "secmark" or "last":
                Opaque();
                break;
            case "notrack":
                _at++;
                _rule.Ops.Add(new TrackingAction("NOTRACK", follows: false));
                break;
            case "masquerade" or "snat" or "dnat" or "redirect":
                _rule.Ops.Add(NftNat.Parse(_tokens, ref _at));
                break;
            case "limit" or "quota" or "xt" or "ct" or "tcp" or "ip" or "ip6" or "meta" or "mark" when Special():
                break;
            default:
                Match();
                break;
        }
    }

    private void Counter()
    {
        _at++;
        if (Word() == "packets" && Word(2) == "bytes"
            && long.TryParse(Word(1), NumberStyles.None, CultureInfo.InvariantCulture, out long packets)
            && long.TryParse(Word(3), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes))
        {
            (_rule.Packets, _rule.Bytes) = (packets, bytes);
            _numbers.Add((_tokens[_at - 1].End, _tokens[_at + 3].End));
            _at += 4;
        }
        else if (Take("name"))
        {
            _at++;
        }
        else if (_at < _tokens.Count && _tokens[_at].Quoted)
        {
            _at++;
        }
    }

    /// <summary>A statement whose details do not matter here, up to the next one.</summary>
    private void Opaque()
    {
        string keyword = Take();
        Skip();
        _rule.Ops.Add(keyword switch
        {
            "reject" => new VerdictAction(Verdict.Drop, "REJECT"),
            "queue" or "fwd" => new UnknownAction(keyword),
            _ => new PassAction(keyword == "log" ? "LOG" : null),
        });
    }

    /// <summary>Statements that begin like a match: "meta mark set", "ct zone set", "limit rate". False where it is a
    /// match.</summary>
    private bool Special()
    {
        int start = _at;
        switch (Word())
        {
            case "limit" or "quota":
                SkipUnknown();
                Unknown(start);
                return true;
            case "xt":
                bool target = Word(1) == "target";
                string name = _at + 2 < _tokens.Count ? _tokens[_at + 2].Text : "?";
                _at = Math.Min(_at + 3, _tokens.Count);
                if (target && TargetCompiler.IsPassing(name))
                {
                    _rule.Ops.Add(new PassAction(name));
                }
                else if (target)
                {
                    // nft shows the name of an iptables target and not its arguments.
                    _rule.Ops.Add(new UnknownAction($"xt target {SafeText.Escape(name)}"));
                }
                else if (name != "comment")
                {
                    Unknown(start);
                }

                return true;
        }

        int set = Word(1) == "set" ? 1
            : Word(2) == "set" ? 2 : Word(3) == "set" && Word(1) == "option" ? 3
                : Word(4) == "set" && Word(1) == "option" ? 4 : 0;
        if (set == 0 || (set == 1 && Word() != "mark"))
        {
            return false;
        }

        bool packetMark = Word() == "mark" || (Word() == "meta" && Word(1) == "mark");
        bool connectionMark = Word() == "ct" && Word(1) == "mark";
        _at += set + 1;
        if (packetMark || connectionMark)
        {
            int value = _at;
            if (NftMarks.Parse(_tokens, ref _at, connectionMark) is { } known)
            {
                _rule.Ops.AddRange(known);
                return true;
            }

            _at = value;
            _rule.Ops.Add(new ForgetMarkAction(connectionMark));
        }
        else
        {
            _rule.Ops.Add(_tokens[start].Is("ct") && _tokens[start + 1].Is("zone")
                ? new TrackingAction("CT", follows: true) : new PassAction(null));
        }

        SkipExpression();
        return true;
    }

    private void Match()
    {
        int start = _at;
        var fields = new List<NftSelector>();
        do
        {
            NftSelector? field = NftSelectorParser.Parse(_tokens, ref _at, _table.Family == NetfilterFamily.Inet);
            if (field is null)
            {
                SkipUnknown();
                Unknown(start);
                return;
            }

            fields.Add(field);
        }
        while (Take("."));

        if (Take("vmap"))
        {
            _rule.Ops.AddRange(NftLookups.Dependencies(fields));
            _rule.Ops.Add(NftLookups.Map(_tokens, ref _at, fields, _table));
            return;
        }

        if (fields is [{ Kind: NftField.State or NftField.Status } bits]
            && NftBits.Parse(_tokens, ref _at, bits) is { } asked)
        {
            _rule.Ops.Add(asked);
            Describe(start, understood: true);
            return;
        }

        if (fields is [{ Kind: NftField.SourceAddress or NftField.DestinationAddress } address] && Word() is "&"
            && NftBits.Holes(_tokens, ref _at, address) is { } masked)
        {
            _rule.Ops.AddRange(NftLookups.Dependencies(fields));
            _rule.Ops.Add(masked);
            Describe(start, understood: true);
            return;
        }

        if (fields is [{ IsMark: true } mark] && Word() is "&" or "and")
        {
            _at++;
            if (!NftSelector.TryNumber(Take(), out uint mask))
            {
                SkipUnknown();
                Unknown(start);
                return;
            }

            fields[0] = mark with { Mask = mask };
        }

        RuleCondition[] conditions = NftLookups.Match(_tokens, ref _at, fields, _table);
        if (conditions is [ConstantCondition])
        {
            Skip();
        }

        _rule.Ops.AddRange(NftLookups.Dependencies(fields));
        _rule.Ops.AddRange(conditions);
        Describe(start, Array.TrueForAll(conditions, static c => c.Understood));
    }

    private void Unknown(int start)
    {
        string text = Between(start);
        _rule.Ops.Add(ConstantCondition.CannotTell(text));
        Describe(start, understood: false);
    }

    private void Describe(int start, bool understood)
    {
        string text = SafeText.Escape(Between(start), 4096);
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        int second = space < 0 ? -1 : text.IndexOf(' ', space + 1);
        _rule.Matches.Add(new RuleMatch(second < 0 ? text : text[..second], text, understood));
    }

    private string Between(int start) => start < _at ? _text[_tokens[start].Start.._tokens[_at - 1].End] : string.Empty;

    // Behind what is unknown, the next word that begins a statement; sets in braces are passed over whole.
    private void SkipUnknown()
    {
        _at = Math.Min(_at + 1, _tokens.Count);
        Skip();
    }

    private void Skip()
    {
        int depth = 0;
        for (; _at < _tokens.Count && (depth > 0 || !NftVerdicts.BeginsStatement(_tokens, _at)); _at++)
        {
            depth += _tokens[_at].Is("{") || _tokens[_at].Is("(") ? 1
                : _tokens[_at].Is("}") || _tokens[_at].Is(")") ? -1 : 0;
        }
    }

    /// <summary>"1:10", "ip daddr . tcp dport map { ... }", "jhash ip saddr mod 4", "rt mtu".</summary>
    private void SkipExpression()
    {
        do
        {
            int before = _at;
            if (_at < _tokens.Count && NftVerdicts.BeginsStatement(_tokens, _at))
            {
                NftSelectorParser.Parse(_tokens, ref _at, isInet: false);
            }

            _at += _at == before ? 1 : 0;
        }
        while (Word() is "." or "&" or "|" or "^" or "and" or "or" or "xor" or "<<" or ">>" or "+" && _at++ >= 0);
        if (Take("map"))
        {
            if (Word() == "{")
            {
                NftElements.Read(_tokens, ref _at, []);
            }
            else
            {
                Take();
            }
        }

        _at = Math.Min(_at, _tokens.Count);
    }

    private string WithoutNumbers()
    {
        string text = _text;
        for (int i = _numbers.Count - 1; i >= 0; i--)
        {
            text = text.Remove(_numbers[i].Start, _numbers[i].End - _numbers[i].Start);
        }

        return text;
    }
}
