using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Netfilter.Sets;

/// <summary>Reads ipset save: "create NAME TYPE options", "add NAME member options".</summary>
internal sealed class IpsetReader(RulesetSink sink)
{
    public static bool IsOurs(ReadOnlySpan<byte> line) => line.StartsWith("create "u8) || line.StartsWith("add "u8);

    public void Read(ReadOnlySpan<byte> line, long number)
    {
        string text = System.Text.Encoding.UTF8.GetString(line);
        string[] words = text.Split(' ', 4, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3)
        {
            sink.Problem(RulesetErrorId.LineUnreadable, number, line, "not a whole line of ipset save");
        }
        else if (words[0] == "create")
        {
            sink.Set(words[1], words[2]);
        }
        else if (sink.FindSet(words[1]) is { } set)
        {
            Add(set, words.Length > 3 ? $"{words[2]} {words[3]}" : words[2], number);
        }
        else
        {
            sink.Problem(RulesetErrorId.LineUnreadable, number, line,
                $"set {Text.SafeText.Escape(words[1])} was not created before: the text may be cut");
        }
    }

    private void Add(AddressSet set, string member, long number)
    {
        if (set.IsTooLarge)
        {
            return;
        }

        if (sink.MayKeep(1))
        {
            set.Members.Add(member);
            return;
        }

        set.IsTooLarge = true;
        set.Members.Clear();
        sink.TooLarge(set.Name, number);
    }
}
