using System.Text.RegularExpressions;
using VxlanCsum.Pasting;
using VxlanCsum.Text;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Offloads;

/// <summary>
/// Reads what `ethtool -k` has printed since Linux 2.6, also as it stands in notes and tickets: behind a prompt, behind
/// a comment sign, with remarks at the end of a line, with carriage returns, several interfaces one after another, and
/// the "Actual changes" that `ethtool -K` prints.
/// </summary>
/// <remarks>Lines go in one by one; a block of rows comes out when the next begins or the text ends.</remarks>
internal sealed partial class OffloadTextParser(Action<OffloadProblem> report)
{
    private readonly PasteStripper _paste = new(static t => Header().IsMatch(t) || RowOf().IsMatch(t));
    private readonly List<Row> _rows = [];
    private string? _interface;
    private string? _group;
    private int _groupIndent;
    private (long Line, string Text) _firstUnread;
    private long _line, _unread;

    /// <summary>Takes one line, without its line break; gives the features of the block that it ends, if it ends
    /// one.</summary>
    public IReadOnlyList<OffloadFeature> Add(string line)
    {
        _line++;
        if (line.Length > BoundedLines.MaxLength)
        {
            Unread(line[..BoundedLines.MaxLength]);
            return [];
        }

        string text = Quoted().Replace(PasteStripper.Unquote(_paste.Strip(line)), string.Empty).TrimEnd().Trim('`');
        if (text.AsSpan().Trim().IsEmpty)
        {
            return [];
        }

        if (Header().Match(text) is { Success: true } header)
        {
            // "Actual changes:" names no interface; the command before it may have.
            return Begin(header.Groups["name"].Success ? header.Groups["name"].Value
                : _rows.Count == 0 ? _interface : null);
        }

        if (RowOf().Match(text) is { Success: true } row)
        {
            Take(row);
            return [];
        }

        if (Prompt().Match(text) is { Success: true } prompt)
        {
            return Begin(prompt.Groups["name"].Success ? prompt.Groups["name"].Value : null);
        }

        if (!Message().IsMatch(text))
        {
            Unread(text);
        }

        return [];
    }

    private void Unread(string text)
    {
        if (++_unread == 1)
        {
            _firstUnread = (_line, SafeText.Escape(text.Trim(), 80));
        }
    }

    /// <summary>The features of the last block. What could not be read is told once: a wrong file, or a whole thread,
    /// has many lines.</summary>
    public IReadOnlyList<OffloadFeature> Finish()
    {
        if (_unread > 0)
        {
            string more = _unread == 1 ? ""
                : Phrase.Text($" (and {Phrase.Count(_unread - 1, "more line", "more lines")})");
            report(new OffloadProblem(_firstUnread.Line, $"not a row of `ethtool -k`{more}: {_firstUnread.Text}"));
        }

        _unread = 0;
        return Begin(null);
    }

    private List<OffloadFeature> Begin(string? name)
    {
        // ethtool knew no features by name before Linux 2.6.39 and then prints bare groups: what is fixed is not said.
        bool legacy = _rows.TrueForAll(r => !r.HasNote && OffloadTable.FindGroup(r.Name) is not null);
        var done = new List<OffloadFeature>(_rows.Count);
        foreach (Row row in _rows)
        {
            done.Add(ToFeature(row, legacy));
        }

        _rows.Clear();
        _group = null;
        _interface = name is null ? null : SafeText.Escape(name);
        return done;
    }

    private static (bool? Requested, bool? IsFixed) State(string note, string value) => (note, value) switch
    {
        ("", "on") => (true, false),
        ("", _) => (false, false),
        ("fixed", _) => (null, true),
        ("requested on", _) => (true, false),
        ("requested off", _) => (false, false),
        _ => (null, false), // "not requested": a change that came with another
    };

    private void Take(Match row)
    {
        // "tcp segmentation offload" had spaces before ethtool 2.6.36.
        string name = row.Groups["name"].Value.Replace(' ', '-').ToLowerInvariant();
        string note = row.Groups["note"].Value;
        (bool? requested, bool? isFixed) = State(note, row.Groups["value"].Value);
        int indent = row.Groups["indent"].Length;
        OffloadGroup? group = OffloadTable.FindGroup(name);
        string? inherited = group is null && indent > _groupIndent ? _group : null;
        if (group is not null || inherited is null)
        {
            _group = group is { OnlyMember: null } ? group.Long : null;
            _groupIndent = indent;
        }

        _rows.Add(new Row(_interface, name, row.Groups["value"].Value is "on", requested, isFixed, note.Length > 0,
            inherited));
    }

    private static OffloadFeature ToFeature(Row row, bool legacy)
    {
        if (OffloadTable.FindGroup(row.Name) is { OnlyMember: null } several)
        {
            return OffloadTable.DescribeGroup(several) with { Interface = row.Interface, Active = row.Active };
        }

        OffloadFeature feature = OffloadTable.Describe(OffloadTable.FindGroup(row.Name)?.OnlyMember ?? row.Name);
        return feature with
        {
            Group = feature.Group ?? row.InheritedGroup,
            Interface = row.Interface,
            Active = row.Active,
            Requested = legacy ? null : row.Requested,
            Fixed = legacy ? null : row.Fixed,

            // What can be changed the driver must offer; what cannot may lack either that or the kernel's leave.
            Available = legacy || row.Fixed != false ? null : true,
        };
    }

    private readonly record struct Row(
        string? Interface, string Name, bool Active, bool? Requested, bool? Fixed, bool HasNote,
        string? InheritedGroup);

    /// <summary>Comment or quotation signs of the notes that the text was pasted into.</summary>
    [GeneratedRegex(@"^(?:[#>|] ?)+", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^\s*(?:(?:Features|Offload parameters) for (?<name>\S{1,64}):|Actual changes:)\s*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Header();

    [GeneratedRegex(
        @"^(?<indent>\s*)(?<name>[A-Za-z0-9][A-Za-z0-9_-]*|(?:tcp|udp|generic) "
            + @"(?:segmentation|fragmentation|receive) offload|large receive offload)\s*:\s*(?<value>on|off)"
            + @"(?:\s+\[(?<note>fixed|requested on|requested off|not requested)\])?(?:\s+[^\s\[].*)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex RowOf();

    /// <summary>The command itself, from which the interface is known where no header follows.</summary>
    [GeneratedRegex(@"ethtool\b(?:.*?\s(?:-k|-K|--show-features|--show-offload|--features|--offload)\s+"
        + @"(?<name>[\w.@:-]{1,15}))?", RegexOptions.CultureInvariant)]
    private static partial Regex Prompt();

    /// <summary>What ethtool says for itself when the kernel or the driver lacks something.</summary>
    [GeneratedRegex(@"^\s*(?:```|~~~|Cannot |Could not |no offload info|no features|netlink error|Password:)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Message();
}
