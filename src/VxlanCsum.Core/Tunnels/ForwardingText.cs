using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using VxlanCsum.Pasting;
using VxlanCsum.Text;

namespace VxlanCsum.Tunnels;

/// <summary>Reads what `bridge fdb show` and its JSON print of tunnels.</summary>
/// <param name="device">Of `bridge fdb show dev DEVICE`, which leaves it out of the lines; null where it was not
/// named.</param>
internal sealed partial class ForwardingText(string? device)
{
    private readonly PasteStripper _paste = new(static text => Begins(text));
    private readonly List<ForwardingEntry> _entries = [];

    /// <summary>The entries of tunnels, in the order of the text.</summary>
    public IReadOnlyList<ForwardingEntry> Entries => _entries;

    /// <summary>How many entries were read, those of bridges and cards as well.</summary>
    public int All { get; private set; }

    /// <summary>Does an entry stand in this line?</summary>
    public static bool Begins(string text) => First().IsMatch(text);

    /// <summary>Reads a line; false where it is no entry.</summary>
    /// <param name="raw">As it was pasted.</param>
    /// <param name="line">Of the source, 1-based.</param>
    public bool Add(string raw, long line)
    {
        string text = PasteStripper.Unquote(_paste.Strip(raw)).Trim();
        if (!First().IsMatch(text))
        {
            return false;
        }

        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        string? After(string key) => Array.IndexOf(words, key) is >= 0 and int at && at + 1 < words.Length
            ? words[at + 1] : null;
        Keep(words[0], After("dev") ?? device, After("dst"), line);
        return true;
    }

    /// <summary>Reads an object of `bridge -j fdb`; false where it is none.</summary>
    public bool Add(JsonElement entry, long line)
    {
        if (entry.Raw("mac") is not { } station)
        {
            return false;
        }

        Keep(station, entry.Raw("ifname") ?? device, entry.Raw("dst"), line);
        return true;
    }

    /// <summary>Entries without an address are of bridges and cards.</summary>
    private void Keep(string station, string? name, string? to, long line)
    {
        All++;
        if (name is not null && IPAddress.TryParse(to, out IPAddress? address))
        {
            _entries.Add(new ForwardingEntry(SafeText.Escape(station.ToLowerInvariant(), 40),
                SafeText.Escape(name, 40), address, line));
        }
    }

    [GeneratedRegex(@"^(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2} (?:dev |dst |master |self|permanent|vlan |extern_learn|offload)",
        RegexOptions.CultureInvariant)]
    private static partial Regex First();
}
