using System.Globalization;
using System.Net;

namespace VxlanCsum.Netfilter.Listings;

/// <summary>A row of `iptables -L` in the words of `iptables -S`.</summary>
internal static class ListingRule
{
    private static readonly string[] s_kubeChains =
        ["KUBE-POSTROUTING", "KUBE-MARK-MASQ", "KUBE-MARK-DROP", "KUBE-SERVICES", "KUBE-SVC-", "KUBE-SEP-", "KUBE-EXT-",
            "KUBE-FW-", "KUBE-XLB-"];

    /// <param name="chain">Where it stands.</param>
    /// <param name="row">As it was listed.</param>
    /// <param name="hasGaps">Rules before it may be missing.</param>
    public static string ToSaved(string chain, ListingRow row, bool hasGaps)
    {
        var words = new List<string>();
        if (row.Counters is { } counters)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"[{counters.Packets}:{counters.Bytes}]"));
        }

        words.AddRange(["-A", ListingReader.Quote(chain)]);
        Address(words, "-s", row.Source);
        Address(words, "-d", row.Destination);
        Interfaces(words, chain, row);
        if (hasGaps)
        {
            Unknown(words, "rules before it, which may be missing");
        }

        Protocol(words, row.Protocol);
        if (row.Options is "-f" or "!f")
        {
            words.AddRange(row.Options == "-f" ? ["-f"] : ["!", "-f"]);
        }

        var rest = new ListingTokens(row.Rest);
        bool isGoto = rest.Take("[goto]");
        var action = new List<string>();
        ListingMatches.Read(rest, row.Target, words, action);
        if (row.Target == "CT" && action is [ListingMatches.NoTrack])
        {
            words.AddRange(["-j", "NOTRACK"]);
        }
        else if (row.Target.Length > 0)
        {
            words.AddRange([isGoto ? "-g" : "-j", ListingReader.Quote(row.Target), .. action]);
        }

        return string.Join(' ', words);
    }

    /// <summary>A match that nobody can answer, with what it is about.</summary>
    public static void Unknown(List<string> words, string what) =>
        words.AddRange(["-m", "listed", "--listed", ListingReader.Quote(what)]);

    private static void Address(List<string> words, string option, string listed)
    {
        bool negated = listed.StartsWith('!');
        string address = negated ? listed[1..] : listed;
        if (address is "anywhere" or "0.0.0.0/0" or "::/0")
        {
            // What is nowhere matches nothing; iptables itself never makes such a rule.
            words.AddRange(negated ? ["-m", "listed", "--listed", ListingReader.Quote("! " + address)] : []);
            return;
        }

        words.AddRange(negated ? ["!", option, Numeric(address)] : [option, Numeric(address)]);
    }

    /// <summary>Names that mean the same everywhere; another name's address is known to the resolver of that machine
    /// alone.</summary>
    private static string Numeric(string address)
    {
        int slash = address.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? address : address[..slash], length = slash < 0 ? string.Empty : address[slash..];
        if (NumericHost(host, length) is not { } known)
        {
            return ListingReader.Quote(address);
        }

        // -S writes a single host with the length of its prefix.
        string ofHost = known.Contains(':', StringComparison.Ordinal) ? "/128" : "/32";
        return known + (length.Length > 0 ? length : ofHost);
    }

    private static string? NumericHost(string host, string length) => host switch
    {
        "localhost" when !length.StartsWith("/1", StringComparison.Ordinal) => "127.0.0.1",
        "loopback" => "127.0.0.0",
        "base-address.mcast.net" => "224.0.0.0",
        _ => IPAddress.TryParse(host, out _) ? host : null,
    };

    private static void Interfaces(List<string> words, string chain, ListingRow row)
    {
        if (row.InInterface is null && !IsKube(chain) && !IsKube(row.Target))
        {
            // kube-proxy's own rules ask for none. Any other may.
            Unknown(words, "interfaces, which iptables -L shows with -v only");
        }

        Interface(words, "-i", row.InInterface);
        Interface(words, "-o", row.OutInterface);
    }

    private static void Interface(List<string> words, string option, string? device)
    {
        if (device is not (null or "*" or "any"))
        {
            words.AddRange(device.StartsWith('!') ? ["!", option, ListingReader.Quote(device[1..])]
                : [option, ListingReader.Quote(device)]);
        }
    }

    private static void Protocol(List<string> words, string listed)
    {
        string name = listed.TrimStart('!');
        if (name is not ("all" or "0"))
        {
            words.AddRange(listed.StartsWith('!') ? ["!", "-p", name] : ["-p", name]);
        }
    }

    private static bool IsKube(string chain) =>
        Array.Exists(s_kubeChains, k => k.EndsWith('-') ? chain.StartsWith(k, StringComparison.Ordinal) : chain == k);
}
