using System.Collections.Frozen;
using System.Globalization;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Nftables;

/// <summary>nft's names of families, hooks and priorities.</summary>
internal static class NftNames
{
    private static readonly FrozenDictionary<string, int> s_priorities = new Dictionary<string, int>
    {
        ["raw"] = IptablesHooks.Raw,
        ["mangle"] = IptablesHooks.Mangle,
        ["dstnat"] = IptablesHooks.DestinationNat,
        ["filter"] = IptablesHooks.Filter,
        ["security"] = IptablesHooks.Security,
        ["srcnat"] = IptablesHooks.SourceNat,
    }.ToFrozenDictionary();

    public static NetfilterFamily? Family(string name) => name switch
    {
        "ip" => NetfilterFamily.IPv4,
        "ip6" => NetfilterFamily.IPv6,
        "inet" => NetfilterFamily.Inet,
        "arp" => NetfilterFamily.Arp,
        "bridge" => NetfilterFamily.Bridge,
        "netdev" => NetfilterFamily.Netdev,
        _ => null,
    };

    /// <summary>"type nat hook postrouting priority srcnat + 5".</summary>
    public static void Place(NetfilterChain chain, string[] words)
    {
        int hook = Array.IndexOf(words, "hook") + 1;
        int priority = Array.IndexOf(words, "priority") + 1;
        if (hook > 0 && hook < words.Length)
        {
            Place(chain, words[1], words[hook], priority > 0 ? Priority(string.Concat(words[priority..])) : 0);
        }
    }

    public static void Place(NetfilterChain chain, string type, string hook, int priority)
    {
        HookPlace place = chain.Place() ?? new HookPlace();
        chain.Place(place with
        {
            Hook = Text.SafeText.Escape(hook).ToUpperInvariant(),
            Priority = priority,
            IsNat = type == "nat",
            Policy = place.Policy ?? "ACCEPT",
        });
    }

    /// <summary>"100", "srcnat", "srcnat+5", "-150"; 0 where it is none of these.</summary>
    public static int Priority(string text)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            return number;
        }

        int sign = text.AsSpan().IndexOfAny('+', '-');
        string name = sign < 0 ? text : text[..sign];
        int offset = sign >= 0
            && int.TryParse(text.AsSpan(sign), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int by)
            ? by : 0;
        return offset + s_priorities.GetValueOrDefault(name);
    }
}
