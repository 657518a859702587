using System.Collections.Frozen;
using System.Globalization;
using VxlanCsum.Netfilter.Iptables;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>From a rule of nft to what it means. What is not known is kept as a condition that cannot be told, up to
/// the next known word.</summary>
internal sealed class NftRuleParser
{
    // The first word tells what it is; what stands in no row is a match.
    private static readonly FrozenDictionary<string, Action<NftRuleParser>> s_statements =
        new (Action<NftRuleParser> Read, string[] Words)[]
        {
            (static p => p.Counter(), ["counter"]),
            (static p => p.Comment(), ["comment"]),
            (static p => p.Decision(), ["accept", "drop", "return", "continue", "jump", "goto"]),
            (static p => p.Opaque(), ["reject", "log", "queue", "tproxy", "synproxy", "dup", "fwd", "flow", "add",
                "update", "delete", "set", "secmark", "last"]),
            (static p => p.NoTrack(), ["notrack"]),
            (static p => p._rule.Ops.Add(NftNat.Parse(p._tokens, ref p._at)),
                ["masquerade", "snat", "dnat", "redirect"]),
            (static p => p.Limit(), ["limit", "quota"]),
            (static p => p.Extension(), ["xt"]),
            (static p => p.SettingOrMatch(), ["ct", "tcp", "ip", "ip6", "meta", "mark"]),
        }.SelectMany(static r => r.Words.Select(w => (Word: w, r.Read)))
            .ToFrozenDictionary(static r => r.Word, static r => r.Read);

    private static readonly FrozenSet<string> s_operators =
        FrozenSet.ToFrozenSet([".", "&", "|", "^", "and", "or", "xor", "<<", ">>", "+"]);

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
        if (s_statements.TryGetValue(Word(), out Action<NftRuleParser>? read))
        {
            read(this);
        }
        else
        {
            Match();
        }
    }

    private void Comment()
    {
        _at++;
        _rule.Comment = Take();
    }

    private void Decision()
    {
        if (NftVerdicts.Parse(_tokens, ref _at, _table) is { } verdict)
        {
            _rule.Ops.Add(verdict);
        }
    }

    private void NoTrack()
    {
        _at++;
        _rule.Ops.Add(new TrackingAction("NOTRACK", follows: false));
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

    /// <summary>"limit rate 5/second", "quota over 1 mbytes": whether it matches changes with time.</summary>
    private void Limit()
    {
        int start = _at;
        SkipUnknown();
        Unknown(start);
    }

    /// <summary>"xt target "MASQUERADE"", "xt match "comment"": nft shows the name of what iptables made, and not its
    /// arguments.</summary>
    private void Extension()
    {
        int start = _at;
        bool target = Word(1) == "target";
        string name = _at + 2 < _tokens.Count ? _tokens[_at + 2].Text : "?";
        _at = Math.Min(_at + 3, _tokens.Count);
        if (target)
        {
            _rule.Ops.Add(TargetCompiler.IsPassing(name) ? new PassAction(name)
                : new UnknownAction($"xt target {SafeText.Escape(name)}"));
        }
        else if (name != "comment")
        {
            Unknown(start);
        }
    }

    /// <summary>How far behind the first word "set" stands ("mark set", "ct zone set", "tcp option maxseg size set");
    /// 0 where it is a match.</summary>
    private int SetAt() => (Word(1), Word(2)) switch
    {
        ("set", _) => Word() == "mark" ? 1 : 0,
        (_, "set") => 2,
        ("option", _) => Word(3) == "set" ? 3 : Word(4) == "set" ? 4 : 0,
        _ => 0,
    };

    private void SettingOrMatch()
    {
        int set = SetAt();
        if (set == 0)
        {
            Match();
            return;
        }

        (string first, string second) = (Word(), Word(1));
        _at += set + 1;
        switch (first, second)
        {
            case ("ct", "mark"):
                SetMark(ofConnection: true);
                return;
            case ("mark", _) or ("meta", "mark"):
                SetMark(ofConnection: false);
                return;
        }

        _rule.Ops.Add(first == "ct" && second == "zone" ? new TrackingAction("CT", follows: true)
            : new PassAction(null));
        SkipExpression();
    }

    private void SetMark(bool ofConnection)
    {
        int value = _at;
        if (NftMarks.Parse(_tokens, ref _at, ofConnection) is { } known)
        {
            _rule.Ops.AddRange(known);
            return;
        }

        _at = value;
        _rule.Ops.Add(new ForgetMarkAction(ofConnection));
        SkipExpression();
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

        RuleCondition? condition = Bits(fields);
        if (condition is null && !TakeMask(fields))
        {
            SkipUnknown();
            Unknown(start);
            return;
        }

        condition ??= NftLookups.Match(_tokens, ref _at, fields, _table);
        if (condition is ConstantCondition)
        {
            Skip();
        }

        _rule.Ops.AddRange(NftLookups.Dependencies(fields));
        _rule.Ops.Add(condition);
        Describe(start, condition.Understood);
    }

    /// <summary>"ct state &amp; (new | related) == 0", "ip saddr &amp; 255.255.0.255 == 10.0.0.1"; null where it is
    /// no such test.</summary>
    private RuleCondition? Bits(List<NftSelector> fields) => fields switch
    {
        [{ Kind: NftField.State or NftField.Status } bits] => NftBits.Parse(_tokens, ref _at, bits),
        [{ Kind: NftField.SourceAddress or NftField.DestinationAddress } address] when Word() == "&" =>
            NftBits.Holes(_tokens, ref _at, address),
        _ => null,
    };

    /// <summary>The bits that are compared, of a mark; false where they are no number.</summary>
    private bool TakeMask(List<NftSelector> fields)
    {
        if (fields is not [{ IsMark: true } mark] || Word() is not ("&" or "and"))
        {
            return true;
        }

        _at++;
        bool isNumber = NftSelector.TryNumber(Take(), out uint mask);
        fields[0] = mark with { Mask = mask };
        return isNumber;
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
        SkipOperand();
        while (s_operators.Contains(Word()))
        {
            _at++;
            SkipOperand();
        }

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

    private void SkipOperand()
    {
        int before = _at;
        if (_at < _tokens.Count && NftVerdicts.BeginsStatement(_tokens, _at))
        {
            NftSelectorParser.Parse(_tokens, ref _at, isInet: false);
        }

        _at += _at == before ? 1 : 0;
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
