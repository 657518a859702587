using System.Globalization;
using VxlanCsum.Netfilter.Iptables;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Listings;

/// <summary>What the head of a listing says of its columns.</summary>
/// <param name="HasInterfaces">The columns in and out: -v.</param>
internal readonly record struct ListingHead(bool HasInterfaces)
{
    /// <summary>"num  pkts bytes target     prot opt in     out     source               destination"; null for any other line.</summary>
    public static ListingHead? Parse(string[] words)
    {
        int target = Array.IndexOf(words, "target");
        return target is < 0 or > 3 || !words.AsSpan(target).StartsWith(["target", "prot", "opt"]) ? null
            : new ListingHead(words.Contains("in") && words.Contains("out"));
    }
}

/// <summary>One rule of `iptables -L`, divided into its columns.</summary>
internal sealed record ListingRow
{
    private const int MostBeforeOptions = 5, AddressColumns = 2;

    /// <summary>Empty where the rule only counts.</summary>
    public required string Target { get; init; }

    public required string Protocol { get; init; }

    /// <summary>-f: only fragments behind the first.</summary>
    public required string Options { get; init; }

    /// <summary>Null where the listing does not show it.</summary>
    public string? InInterface { get; init; }

    /// <summary>Null where the listing does not show it.</summary>
    public string? OutInterface { get; init; }

    public required string Source { get; init; }

    public required string Destination { get; init; }

    /// <summary>Null where the listing does not show them.</summary>
    public (long Packets, long Bytes)? Counters { get; init; }

    /// <summary>The matches and what the target does, as each module prints them.</summary>
    public required string[] Rest { get; init; }

    /// <summary>Null for a line that is no such row.</summary>
    public static ListingRow? Parse(string[] words, ListingHead? head)
    {
        int options = Array.FindIndex(words, 0, Math.Min(words.Length, MostBeforeOptions + 1), IsOptions);
        int numbers = Array.FindIndex(words, static w => Number(w) is null);
        int protocol = ProtocolColumn(words, head, options, numbers);
        if (protocol < 0)
        {
            return null;
        }

        numbers = Math.Min(numbers, protocol);
        int next = Math.Max(options, protocol) + 1;
        bool hasInterfaces = head?.HasInterfaces ?? numbers >= AddressColumns;
        int addresses = next + (hasInterfaces ? AddressColumns : 0);
        if (protocol - numbers > 1 || words.Length < addresses + AddressColumns
            || !Array.TrueForAll(words[addresses..(addresses + AddressColumns)], IsAddress))
        {
            return null;
        }

        (string? inInterface, string? outInterface) = hasInterfaces ? (words[next], words[next + 1]) : (null, null);
        return new ListingRow
        {
            Target = protocol > numbers ? words[numbers] : string.Empty,
            Protocol = words[protocol],
            Options = options > 0 ? words[options] : "--",
            InInterface = inInterface,
            OutInterface = outInterface,
            Source = words[addresses],
            Destination = words[addresses + 1],
            Counters = CountersBefore(words, numbers),
            Rest = words[(addresses + AddressColumns)..],
        };
    }

    private static bool IsOptions(string word) => word is "--" or "-f" or "!f";

    /// <summary>Where the protocol stands; -1 in a line that is no row.</summary>
    private static int ProtocolColumn(string[] words, ListingHead? head, int options, int numbers)
    {
        // Of IPv6 older versions leave the column of options empty.
        int protocol = numbers < 0 ? -1
            : options > 0 ? options - 1
            : head is null ? -1 : IsProtocol(words[numbers]) ? numbers : numbers + 1;
        return protocol >= 0 && protocol < words.Length && IsProtocol(words[protocol]) ? protocol : -1;
    }

    private static (long Packets, long Bytes)? CountersBefore(string[] words, int numbers) =>
        numbers >= AddressColumns ? (Number(words[numbers - 2])!.Value, Number(words[numbers - 1])!.Value) : null;

    private static bool IsProtocol(string word) =>
        IpProtocol.Parse(word.StartsWith('!') ? word[1..] : word) is not null;

    // A name that was looked up, an address, a network.
    private static bool IsAddress(string word) =>
        word.Length > 0 && (char.IsAsciiLetterOrDigit(word[0]) || word[0] is '!' or ':' or '_');

    /// <summary>A counter, exact (-x) or rounded: "12", "34K", "5M".</summary>
    private static long? Number(string word)
    {
        const string Suffixes = "KMGTP";
        int power = word.Length > 1 ? Suffixes.IndexOf(word[^1]) + 1 : 0;
        if (!long.TryParse(power > 0 ? word.AsSpan(0, word.Length - 1) : word, NumberStyles.None,
            CultureInfo.InvariantCulture, out long number))
        {
            return null;
        }

        for (; power > 0 && number < long.MaxValue / 1000; power--)
        {
            number *= 1000;
        }

        return number;
    }
}
