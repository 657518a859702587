using VxlanCsum.Pasting;
using VxlanCsum.Text;

namespace VxlanCsum.Connections;

/// <summary>The tunnels' flows in what conntrack printed, line by line; and what could not be read, told once a
/// text.</summary>
/// <param name="ports">The tunnels' destination ports.</param>
/// <param name="path">The file, or what stands for it.</param>
internal sealed class ConntrackText(IReadOnlySet<ushort> ports, string path)
{
    private const int ShownText = 160;
    private readonly PasteStripper _paste = new(static text => IsFlow(text));
    private long _line, _flows, _unreadable, _firstUnreadable;
    private string? _shown, _firstLine;

    /// <summary>The flow of a line; null where it is no tunnel's.</summary>
    public VxlanNatBinding? Add(ReadOnlySpan<char> line)
    {
        _line++;
        if (_firstLine is null && !line.IsWhiteSpace())
        {
            _firstLine = SafeText.Escape(line.Trim().ToString(), ShownText);
        }

        ConntrackLineKind kind = ConntrackLine.Read(line, ports, path, out VxlanNatBinding? binding);
        if (kind != ConntrackLineKind.TunnelFlow && line.TrimStart() is [not (>= 'a' and <= 'z' or '['), ..])
        {
            kind = ConntrackLine.Read(PasteStripper.Unquote(_paste.Strip(line.ToString())).Trim(), ports, path,
                out binding);
        }

        switch (kind)
        {
            case ConntrackLineKind.OtherFlow or ConntrackLineKind.TunnelFlow:
                _flows++;
                break;
            case ConntrackLineKind.Unreadable when _unreadable++ == 0:
                (_firstUnreadable, _shown) = (_line, SafeText.Escape(line.Trim().ToString(), ShownText));
                break;
        }

        return binding;
    }

    private static bool IsFlow(string text) => text is [>= 'a' and <= 'z' or '[', ..]
        && ConntrackLine.Read(text, new HashSet<ushort>(), string.Empty, out _) != ConntrackLineKind.Other;

    /// <summary>What is wrong with the text; null where nothing is. Asked at its end.</summary>
    public ConntrackProblem? Problem() => (_unreadable, _flows) switch
    {
        ( > 0, _) => new ConntrackProblem(ConntrackProblem.Unreadable, _firstUnreadable, _unreadable == 1
            ? $"a tunnel's flow is cut or masked, and was left out: {_shown}"
            : $"{_unreadable:N0} flows of tunnels are cut or masked, and were left out; the first: {_shown}"),
        (0, 0) when _firstLine is not null =>
            new ConntrackProblem(ConntrackProblem.NoFlow, 0,
                $"no line of `conntrack -L` or `conntrack -E` is in it; it begins: {_firstLine}"),
        _ => null,
    };
}

/// <summary>What is wrong with a text of conntrack's.</summary>
/// <param name="ErrorId">Stable.</param>
/// <param name="Line">1-based; 0 for the whole.</param>
/// <param name="Message">Escaped.</param>
internal sealed record ConntrackProblem(string ErrorId, long Line, string Message)
{
    /// <summary>Scripts rely on these: never rename one.</summary>
    public const string Unreadable = "ConntrackLineUnreadable", NoFlow = "ConntrackTextUnreadable";
}
