using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text.RegularExpressions;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Diagnoses.Saving;

/// <summary>
/// What is written instead of a node's own words. Nothing passes that is not known to say nothing: public words and
/// small numbers stay, addresses are mapped, and whatever else there is becomes a name of ours, the same one for the
/// same.
/// </summary>
internal sealed partial class NodeAnonymizer(byte[] key)
{
    /// <summary>Instead of text that people or programs wrote.</summary>
    public const string LeftOut = "left out";

    private const int LargestNumber = ushort.MaxValue, FewBits = 3;
    private const uint AnyNetwork = 0xffffff;

    private readonly AddressAnonymizer _addresses = new(key);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _wildcards = [];

    /// <summary>The first of two times that all is gone through: ranges and wildcards are to be known before what they
    /// hold.</summary>
    public bool IsLearning { get; set; } = true;

    public IPAddress Address(IPAddress address) => _addresses.Map(address);

    /// <summary>An address, a network or a range, each of which must be one.</summary>
    public string? AddressText(string text)
    {
        string[] ends = text.Split('-');
        if (ends.Length == 2 && IsAddress(ends[0], out IPAddress? first) && IsAddress(ends[1], out IPAddress? last))
        {
            return Range(first, last);
        }

        string[] parts = text.Split('/');
        return parts.Length > 2 || !IsAddress(parts[0], out IPAddress? address) ? null
            : parts.Length == 1 ? $"{Address(address)}"
            : int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                && length <= (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128)
                ? _addresses.Map(address, length) : null;
    }

    public string Range(IPAddress first, IPAddress last)
    {
        if (IsLearning)
        {
            _addresses.Learn(first, last);
            return string.Empty;
        }

        (first, last) = _addresses.Map(first, last);
        return $"{first}-{last}";
    }

    /// <summary>A chain, set, table, device, host: public ones stay, others keep only whose they are.</summary>
    public string Name(string name)
    {
        if (PublicWords.IsOfRules(name) || NumberedDevice().IsMatch(name))
        {
            return name;
        }

        if (name is [.., '+' or '*'])
        {
            return Beginning(name[..^1]) + name[^1];
        }

        if (!_names.TryGetValue(name, out string? mapped))
        {
            string? wildcard = _wildcards.Where(w => name.StartsWith(w, StringComparison.Ordinal))
                .MaxBy(static w => w.Length);
            string stem = wildcard is null ? PublicWords.StemOf(name) : Beginning(wildcard);
            _names[name] = mapped = string.Create(CultureInfo.InvariantCulture, $"{stem}n{_names.Count + 1}");
        }

        return mapped;
    }

    /// <summary>One word of rules, or several behind commas.</summary>
    public string Word(string word) =>
        string.Join(',', word.Split(',').Select(w => AddressText(w) ?? Mac(w) ?? Number(w) ?? Name(w)));

    /// <summary>A number, a range of numbers, a share; too large a one may be an address.</summary>
    public static string? Number(string text) =>
        SmallNumbers().IsMatch(text) && Digits().Matches(text).All(static m => m.Length <= 10
            && long.Parse(m.Value, CultureInfo.InvariantCulture) <= LargestNumber) ? text : null;

    /// <summary>A mark or another number of 32 bits; one that looks like an address becomes that of the other
    /// address.</summary>
    public uint Number(uint number)
    {
        bool looks = number > AnyNetwork && BitOperations.PopCount(number) > FewBits && !IsRun(number)
            && !IsRun(~number);
        return looks ? (uint)NetAddress.Of(Address(new NetAddress(false, number).ToIPAddress())).Bits : number;
    }

    /// <summary>Each word of a version or a system's name that many have.</summary>
    public static string? Version(string? text) => text is null ? null
        : FourNumbers().Replace(VersionWord().Replace(text, static m =>
            PublicWords.IsOfVersions(m.Value) || VersionNumber().IsMatch(m.Value) ? m.Value : string.Empty),
                string.Empty).Trim();

    private string? Mac(string text) => MacAddress().IsMatch(text) ? _addresses.MapMac(text) : null;

    /// <summary>What the names have in common that a wildcard stands for. It ends as no name of ours goes on.</summary>
    private string Beginning(string beginning)
    {
        string stem = PublicWords.StemOf(beginning);
        if (stem.Length == beginning.Length)
        {
            return stem;
        }

        if (!_wildcards.Contains(beginning))
        {
            _wildcards.Add(beginning);
            _names.Clear();
        }

        return string.Create(CultureInfo.InvariantCulture, $"{stem}w{_wildcards.IndexOf(beginning)}-");
    }

    /// <summary>Ones in a row: a mask.</summary>
    private static bool IsRun(uint number) =>
        number >> BitOperations.TrailingZeroCount(number) is var row && (row & (row + 1)) == 0;

    private static bool IsAddress(string text,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        return AddressLetters().IsMatch(text) && IPAddress.TryParse(text, out address);
    }

    [GeneratedRegex("^(?:[0-9]{1,3}(?:[.][0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex AddressLetters();

    [GeneratedRegex("^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$", RegexOptions.CultureInvariant)]
    private static partial Regex MacAddress();

    [GeneratedRegex("^(?:eth|ens|eno|flannel[.]|cni|docker|tunl|bond|wlan|vxlan|vx|dummy|wg|tun|tap)[0-9]{0,4}$",
        RegexOptions.CultureInvariant)]
    private static partial Regex NumberedDevice();

    [GeneratedRegex("^[0-9]+(?:[.:/-][0-9]+)?(?:/(?:sec|min|hour|day|second|minute))?$", RegexOptions.CultureInvariant)]
    private static partial Regex SmallNumbers();

    [GeneratedRegex("[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();

    [GeneratedRegex("[^-_ .+~()/#:]+", RegexOptions.CultureInvariant)]
    private static partial Regex VersionWord();

    [GeneratedRegex("^(?:v|el|fc|rc|rke2r|k3s|r|u|deb|bpo|amzn|oe|an|tl|al|oc|uel|uek|gke|eks|lp|p|x|ubuntu)?[0-9]{1,8}$",
        RegexOptions.CultureInvariant)]
    private static partial Regex VersionNumber();

    // Four numbers in a row may be an address, or a host's name that holds one.
    [GeneratedRegex("[0-9]+([-._])[0-9]+\\1[0-9]+(?:\\1[0-9]+)+", RegexOptions.CultureInvariant)]
    private static partial Regex FourNumbers();
}
