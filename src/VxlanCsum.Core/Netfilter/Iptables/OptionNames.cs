using System.Runtime.CompilerServices;
using System.Text;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>From an option's spelling to what it is.</summary>
/// <remarks>
/// getopt_long takes the word behind an option that wants a value as this value whatever it looks like, so "--comment
/// -j" is a comment. Where the walk does not know an option, its values are the words up to the next one that looks
/// like an option; those in <see cref="s_freeText"/> may look like anything.
/// </remarks>
internal static class OptionNames
{
    private static readonly (string Name, OptionId Id)[] s_known =
    [
        ("-s", OptionId.Source), ("--source", OptionId.Source), ("--src", OptionId.Source),
        ("-d", OptionId.Destination), ("--destination", OptionId.Destination), ("--dst", OptionId.Destination),
        ("-i", OptionId.InInterface), ("--in-interface", OptionId.InInterface),
        ("-o", OptionId.OutInterface), ("--out-interface", OptionId.OutInterface),
        ("-p", OptionId.Protocol), ("--protocol", OptionId.Protocol), ("--proto", OptionId.Protocol),
        ("-f", OptionId.Fragment), ("--fragment", OptionId.Fragment),
        ("-m", OptionId.Match), ("--match", OptionId.Match),
        ("-j", OptionId.Jump), ("--jump", OptionId.Jump),
        ("-g", OptionId.Goto), ("--goto", OptionId.Goto),
        ("-c", OptionId.Counters), ("--set-counters", OptionId.Counters),
        ("--comment", OptionId.Comment), ("--mark", OptionId.Mark),
        ("--sport", OptionId.SourcePort), ("--source-port", OptionId.SourcePort),
        ("--dport", OptionId.DestinationPort), ("--destination-port", OptionId.DestinationPort),
        ("--sports", OptionId.SourcePorts), ("--source-ports", OptionId.SourcePorts),
        ("--dports", OptionId.DestinationPorts), ("--destination-ports", OptionId.DestinationPorts),
        ("--ports", OptionId.Ports),
        ("--ctstate", OptionId.CtState), ("--state", OptionId.CtState), ("--ctstatus", OptionId.CtStatus),
        ("--ctdir", OptionId.CtDirection), ("--ctproto", OptionId.CtProtocol),
        ("--ctorigsrc", OptionId.CtOriginalSource), ("--ctorigdst", OptionId.CtOriginalDestination),
        ("--ctreplsrc", OptionId.CtReplySource), ("--ctrepldst", OptionId.CtReplyDestination),
        ("--ctorigsrcport", OptionId.CtOriginalSourcePort), ("--ctorigdstport", OptionId.CtOriginalDestinationPort),
        ("--ctreplsrcport", OptionId.CtReplySourcePort), ("--ctrepldstport", OptionId.CtReplyDestinationPort),
        ("--match-set", OptionId.MatchSet),
        ("--src-type", OptionId.SourceType), ("--dst-type", OptionId.DestinationType),
        ("--limit-iface-out", OptionId.LimitToOutDevice),
        ("--src-range", OptionId.SourceRange), ("--dst-range", OptionId.DestinationRange),
        ("--tcp-flags", OptionId.TcpFlags), ("--syn", OptionId.Syn),
        ("--set-xmark", OptionId.SetXmark), ("--set-mark", OptionId.SetMark), ("--and-mark", OptionId.AndMark),
        ("--or-mark", OptionId.OrMark), ("--xor-mark", OptionId.XorMark),
        ("--save-mark", OptionId.SaveMark), ("--restore-mark", OptionId.RestoreMark),
        ("--nfmask", OptionId.NfMask), ("--ctmask", OptionId.CtMask), ("--mask", OptionId.Mask),
        ("--to-source", OptionId.ToSource), ("--to-destination", OptionId.ToDestination),
        ("--to-ports", OptionId.ToPorts), ("--to", OptionId.To),
        ("--random", OptionId.Random), ("--random-fully", OptionId.RandomFully), ("--persistent", OptionId.Persistent),
        ("--notrack", OptionId.NoTrack), ("--map-mark", OptionId.MapMark),
    ];

    private static readonly string[] s_freeText =
    [
        "--log-prefix", "--nflog-prefix", "--ulog-prefix", "--string", "--hex-string", "--name", "--helper", "--label",
        "--hashlimit-name", "--rateest-name", "--uid-owner", "--gid-owner", "--path", "--u32", "--bytecode",
        "--object-pinned",
        "--physdev-in", "--physdev-out", "--selctx", "--cmd-owner",
    ];

    private const int Slots = 512;

    // -x by its letter, and the long names by a hash of length, first and last letters: each with what it is.
    private static readonly (OptionId Id, bool TakesAnything)[] s_letters = new (OptionId, bool)[128];

    private static readonly (byte[] Name, OptionId Id,
        bool TakesAnything)[] s_slots = new (byte[], OptionId, bool)[Slots];

    static OptionNames()
    {
        OptionId[] takeAnything =
        [
            OptionId.Source, OptionId.Destination, OptionId.InInterface, OptionId.OutInterface, OptionId.Protocol,
            OptionId.Match, OptionId.Jump, OptionId.Goto, OptionId.Comment,
        ];
        IEnumerable<(string Name, OptionId Id, bool TakesAnything)> all =
            s_known.Select(k => (k.Name, k.Id, takeAnything.Contains(k.Id)))
            .Concat(s_freeText.Select(static n => (n, OptionId.Unknown, true)));
        foreach ((string name, OptionId id, bool anything) in all)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(name);
            if (bytes.Length == 2)
            {
                s_letters[bytes[1]] = (id, anything);
                continue;
            }

            int slot = Hash(bytes);
            while (s_slots[slot].Name is not null)
            {
                slot = (slot + 1) % Slots;
            }

            s_slots[slot] = (bytes, id, anything);
        }
    }

    /// <summary>What the option is, and whether its first value may look like an option.</summary>
    public static OptionId Find(ReadOnlySpan<byte> name, out bool takesAnything)
    {
        if (name.Length == 2 && name[1] < s_letters.Length)
        {
            (OptionId id, takesAnything) = s_letters[name[1]];
            return id;
        }

        for (int slot = Hash(name); s_slots[slot].Name is { } known; slot = (slot + 1) % Slots)
        {
            if (name.SequenceEqual(known))
            {
                takesAnything = s_slots[slot].TakesAnything;
                return s_slots[slot].Id;
            }
        }

        takesAnything = false;
        return OptionId.Unknown;
    }

    // An option has two letters at least.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(ReadOnlySpan<byte> name) =>
        ((name[^1] * 31) + (name[1] * 7) + (name[name.Length / 2] * 17) + (name.Length * 131)) % Slots;
}
