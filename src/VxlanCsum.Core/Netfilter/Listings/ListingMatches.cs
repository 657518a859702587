using System.Globalization;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Listings;

/// <summary>What the modules of iptables print of their matches and targets (each extension's print), in the options
/// that make them.</summary>
internal static class ListingMatches
{
    private static readonly Dictionary<string, (string Module, string Option)> s_connection =
        new(StringComparer.Ordinal)
        {
            ["ctstate"] = ("conntrack", "--ctstate"),
            ["ctstatus"] = ("conntrack", "--ctstatus"),
            ["ctdir"] = ("conntrack", "--ctdir"),
            ["state"] = ("state", "--state"),
            ["match-set"] = ("set", "--match-set"),
        };

    private static readonly Dictionary<string, string> s_markOptions = new(StringComparer.Ordinal)
    {
        ["set"] = "--set-mark",
        ["xset"] = "--set-xmark",
        ["and"] = "--and-mark",
        ["or"] = "--or-mark",
        ["xor"] = "--xor-mark",
        ["save"] = "--save-mark",
        ["restore"] = "--restore-mark",
    };

    private static readonly string[] s_portProtocols = ["udp", "tcp", "udplite", "sctp", "dccp"];

    private static readonly string[] s_natTargets = ["MASQUERADE", "SNAT", "DNAT", "REDIRECT", "NETMAP", "SAME"];

    /// <summary>What makes CT the target that iptables saves as NOTRACK.</summary>
    public const string NoTrack = "--notrack";

    private const string CommentStart = "/*", CommentEnd = "*/";

    /// <summary>Reads all words.</summary>
    /// <param name="rest">The words behind the columns.</param>
    /// <param name="target">The row's target.</param>
    /// <param name="matches">Gets the options of matches.</param>
    /// <param name="action">Gets the options of the target.</param>
    public static void Read(ListingTokens rest, string target, List<string> matches, List<string> action)
    {
        while (!rest.IsEmpty)
        {
            if (!Comment(rest, matches) && !Mark(rest, matches) && !Connection(rest, matches) && !Address(rest, matches)
                && !Ports(rest, matches) && !Target(rest, target, action))
            {
                ListingRule.Unknown(matches, rest.TakeNot() ? $"! {Phrase(rest)}" : Phrase(rest));
            }
        }
    }

    /// <summary>What is not known, up to what may be known again.</summary>
    private static string Phrase(ListingTokens rest)
    {
        var phrase = new List<string> { rest.Take() };
        while (!rest.IsEmpty
            && rest.Peek() is not (CommentStart or "mark" or "ctstate" or "state" or "match-set" or "!"))
        {
            phrase.Add(rest.Take());
        }

        return string.Join(' ', phrase);
    }

    private static bool Comment(ListingTokens rest, List<string> matches)
    {
        if (rest.Peek() != CommentStart)
        {
            return false;
        }

        string comment = rest.TakeThrough(CommentEnd);
        int end = comment.EndsWith(CommentEnd, StringComparison.Ordinal) && comment.Length >= 2 * CommentEnd.Length
            ? comment.Length - CommentEnd.Length : comment.Length;
        matches.AddRange(["-m", "comment", "--comment", Quoted(comment[CommentStart.Length..end].Trim())]);
        return true;
    }

    /// <summary>"mark match ! 0x4000/0x4000", "connmark match 0x1".</summary>
    private static bool Mark(ListingTokens rest, List<string> matches)
    {
        if (rest.Peek() is not ("mark" or "connmark") || rest.Peek(1) != "match")
        {
            return false;
        }

        string module = rest.Take();
        rest.Take();
        matches.AddRange(["-m", module]);
        Option(matches, rest.TakeNot(), "--mark", rest.Take());
        return true;
    }

    /// <summary>"ctstate RELATED,ESTABLISHED", "state NEW", "match-set NAME dst,src"; each may have "!" before
    /// it.</summary>
    private static bool Connection(ListingTokens rest, List<string> matches)
    {
        if (!s_connection.TryGetValue(rest.Peek(rest.Peek() == "!" ? 1 : 0), out (string Module, string Option) found))
        {
            return false;
        }

        bool negated = rest.TakeNot();
        rest.Take();
        matches.AddRange(["-m", found.Module]);
        Option(matches, negated || rest.TakeNot(), found.Option, rest.Take());
        if (found.Module == "set")
        {
            matches.Add(rest.Take());
        }

        return true;
    }

    /// <summary>"ADDRTYPE match src-type LOCAL dst-type !LOCAL limit-out", "source IP range
    /// 10.0.0.1-10.0.0.9".</summary>
    private static bool Address(ListingTokens rest, List<string> matches)
    {
        if (rest.Peek() is "source" or "destination" && rest.Peek(1) == "IP" && rest.Peek(2) == "range")
        {
            string side = rest.Take() == "source" ? "--src-range" : "--dst-range";
            rest.Take();
            rest.Take();
            matches.AddRange(["-m", "iprange"]);
            Option(matches, rest.TakeNot(), side, rest.Take());
            return true;
        }

        if (!rest.Take("ADDRTYPE", "match"))
        {
            return false;
        }

        AddressTypes(rest, matches);
        return true;
    }

    private static void AddressTypes(ListingTokens rest, List<string> matches)
    {
        matches.AddRange(["-m", "addrtype"]);
        while (rest.Peek() is "src-type" or "dst-type" or "limit-in" or "limit-out")
        {
            string part = rest.Take();
            if (part.StartsWith("limit", StringComparison.Ordinal))
            {
                matches.Add(part == "limit-out" ? "--limit-iface-out" : "--limit-iface-in");
                continue;
            }

            bool negated = rest.TakeNot();
            string types = rest.Take();
            Option(matches, negated || types.StartsWith('!'), "--" + part, types.TrimStart('!'));
        }
    }

    /// <summary>"udp dpt:4789", "tcp spts:1024:65535 dpt:!22 flags:FIN,SYN,RST,ACK/SYN", "multiport dports
    /// 80,443".</summary>
    private static bool Ports(ListingTokens rest, List<string> matches)
    {
        if (rest.Peek() == "multiport" && rest.Peek(1) is "sports" or "dports" or "ports")
        {
            rest.Take();
            string side = rest.Take();
            matches.AddRange(["-m", "multiport"]);
            Option(matches, rest.TakeNot(), "--" + side, rest.Take());
            return true;
        }

        if (Array.IndexOf(s_portProtocols, rest.Peek()) < 0 || !IsPortOption(rest.Peek(1)))
        {
            return false;
        }

        matches.AddRange(["-m", rest.Take()]);
        while (IsPortOption(rest.Peek()))
        {
            PortOption(rest.Take(), matches);
        }

        return true;
    }

    private static bool IsPortOption(string word) =>
        word.StartsWith("spt", StringComparison.Ordinal) || word.StartsWith("dpt", StringComparison.Ordinal)
        || word.StartsWith("flags:", StringComparison.Ordinal) || word.StartsWith("option=", StringComparison.Ordinal);

    private static void PortOption(string word, List<string> matches)
    {
        int colon = word.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? word : word[..colon], value = colon < 0 ? string.Empty : word[(colon + 1)..];
        bool negated = value.StartsWith('!');
        value = value.TrimStart('!');
        switch (name)
        {
            case "spt" or "spts" or "dpt" or "dpts":
                Option(matches, negated, name[0] == 's' ? "--sport" : "--dport",
                    string.Join(':', value.Split(':').Select(PortNumber)));
                break;
            case "flags" when value.Split('/') is [var looked, var set]:
                Option(matches, negated, "--tcp-flags", looked);
                matches.Add(set);
                break;
            default:
                Option(matches, negated: false, "--listed", Quoted(word));
                break;
        }
    }

    /// <summary>A name that is not known here stays one, which nobody can compare.</summary>
    private static string PortNumber(string port) =>
        Services.TryFind(port, out ushort number) ? number.ToString(CultureInfo.InvariantCulture) : port;

    /// <summary>"MARK xor 0x4000", "to:10.0.0.1:53", "random-fully", "reject-with icmp-port-unreachable".</summary>
    private static bool Target(ListingTokens rest, string target, List<string> action)
    {
        string word = rest.Peek();
        switch (target)
        {
            case "MARK" or "CONNMARK" when word == target:
                rest.Take();
                return MarkTarget(rest, action);
            case not null when Array.IndexOf(s_natTargets, target) >= 0:
                return NatTarget(rest, target, action);
            case "CT" when word == "NOTRACK":
                rest.Take();
                action.Add(NoTrack);
                return true;
            case "REJECT" when word == "reject-with":
                action.AddRange(["--" + rest.Take(), rest.Take()]);
                return true;
            case "LOG" or "NFLOG" or "TRACE" when word.Length > 0:
                // However it logs, the packet goes on.
                rest.TakeAll();
                return true;
            default:
                return false;
        }
    }

    private static bool MarkTarget(ListingTokens rest, List<string> action)
    {
        string verb = rest.Take();
        if (!s_markOptions.TryGetValue(verb, out string? option))
        {
            // What it does to the mark is not known.
            action.AddRange(["--listed", Quoted(verb)]);
            return true;
        }

        action.Add(option);
        if (verb is "save" or "restore")
        {
            while (rest.Peek() is "mask" or "nfmask" or "ctmask")
            {
                action.AddRange(["--" + rest.Take(), rest.Take()]);
            }
        }
        else
        {
            action.Add(rest.Take());
        }

        return true;
    }

    private static bool NatTarget(ListingTokens rest, string target, List<string> action)
    {
        string word = rest.Peek();
        if (word is "random" or "random-fully" or "persistent")
        {
            action.Add("--" + rest.Take());
            return true;
        }

        if (word.StartsWith("to:", StringComparison.Ordinal))
        {
            string option = target switch { "DNAT" => "--to-destination", "NETMAP" => "--to", _ => "--to-source" };
            action.AddRange([option, rest.Take()[3..]]);
            return true;
        }

        if (rest.Take("masq", "ports:") || rest.Take("redir", "ports"))
        {
            action.AddRange(["--to-ports", rest.Take()]);
            return true;
        }

        return false;
    }

    private static void Option(List<string> words, bool negated, string name, string value)
    {
        if (negated)
        {
            words.Add("!");
        }

        words.AddRange(value.Length > 0 ? [name, ListingReader.Quote(value)] : [name]);
    }

    private static string Quoted(string text) => ListingReader.Quote(text);
}
