using System.Globalization;
using System.Text;
using VxlanCsum.Clusters;
using VxlanCsum.Connections;
using VxlanCsum.Diagnoses;
using VxlanCsum.Netfilter.Listings;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Offloads;
using VxlanCsum.Pasting;
using VxlanCsum.Text;
using VxlanCsum.Tunnels;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>Gives each piece of a ticket to its reader. Touches nothing; never throws on any text.</summary>
/// <param name="yamlToJson">Turns YAML into the JSON that it stands for; throws <see
/// cref="KubeTextException"/>.</param>
/// <param name="cancellation">Ends it.</param>
internal sealed class TicketReader(Func<TextReader, byte[]> yamlToJson, CancellationToken cancellation)
{
    private const int MostProblems = 100;

    /// <summary>Devices, routes, flows and so on, of all texts together; what matters is among the first
    /// hundreds.</summary>
    public const int MostKept = 100_000;

    private readonly RulesetReader _rules = new(new RulesetReadOptions { Cancellation = cancellation });
    private readonly TicketContent _content = new();
    private TicketSource _source = null!;
    private bool _isFull;

    /// <summary>Whether anything was understood yet.</summary>
    public bool IsEmpty => _content.Pieces.Count == 0;

    /// <summary>So much was read out of the texts that no further one is to be read.</summary>
    public bool IsFull => _isFull || _content.Kept >= MostKept;

    /// <summary>Reads a text; how many pieces of it were understood.</summary>
    public int Add(TicketSource source)
    {
        int before = _content.Pieces.Count;
        _source = source;
        TicketFinder found = TicketFinder.Find(source);
        _content.Prompts.AddRange(found.Prompts);
        foreach (PastePrompt prompt in found.Prompts)
        {
            // Whether its lines were picked out, or it ran without -v, stands there.
            _content.Packets.Printed.Add(prompt.Command);
        }

        foreach (IGrouping<TicketPieceKind, TicketSection> kind in found.Sections.GroupBy(static s => s.Kind))
        {
            cancellation.ThrowIfCancellationRequested();
            Read(kind.Key, [.. kind]);
        }

        foreach ((int line, string text, string? command) in found.Prose)
        {
            if (_content.Words.Add(text, command) is { } said)
            {
                Understood(TicketPieceKind.Versions, line, line, said);
            }
        }

        _content.Pieces.Sort(before, _content.Pieces.Count - before,
            Comparer<TicketPiece>.Create(static (a, b) => a.FirstLine.CompareTo(b.FirstLine)));
        return _content.Pieces.Count - before;
    }

    /// <summary>Takes the packets of a capture.</summary>
    public void Add(string path, CaptureEvidence capture)
    {
        _content.Packets.Add(capture);
        _content.Pieces.Add(new TicketPiece
        {
            Kind = TicketPieceKind.Capture,
            Path = SafeText.Escape(path, 1000),
            Summary = Phrase.Packets(capture.Packets),
        });
    }

    /// <summary>All that was read.</summary>
    public TicketContent Complete()
    {
        NetfilterRuleset rules = _rules.Build();
        _content.Rules = rules.Tables.Count > 0 ? rules : null;
        foreach (RulesetProblem problem in rules.Problems)
        {
            Problem(problem.Line, problem.Reason, problem.Path);
        }

        return _content;
    }

    private void Read(TicketPieceKind kind, IReadOnlyList<TicketSection> sections)
    {
        switch (kind)
        {
            case TicketPieceKind.Packets:
                long packets = _content.Packets.Read(_source.Path, Only(sections), (line, what) => Problem(line, what));
                Understood(sections, packets == 0 ? null : sections.Count == 1 ? Phrase.Packets(packets) : "");
                break;
            case TicketPieceKind.Rules:
                ReadRules(sections);
                break;
            default:
                foreach (TicketSection section in sections)
                {
                    string? summary = ReadOne(section);
                    if (summary is not null)
                    {
                        Understood([section], summary);
                    }
                }

                break;
        }
    }

    /// <summary>What was read out of a piece; null for nothing.</summary>
    private string? ReadOne(TicketSection section) => section.Kind switch
    {
        TicketPieceKind.Features => ReadFeatures(section),
        TicketPieceKind.Driver => Devices.Driver(Of(section), section.Command),
        TicketPieceKind.Links => Devices.Links(Of(section)),
        TicketPieceKind.Routes => Devices.Routes(Of(section), section.First),
        TicketPieceKind.Forwarding => Devices.Forwarding(Of(section), section.First, section.Command),
        TicketPieceKind.DeviceCounters => Devices.Counters(Of(section), section.Command),
        TicketPieceKind.Sockets => Devices.Sockets(Of(section)),
        TicketPieceKind.Counters => Nodes.Counters(Of(section)),
        TicketPieceKind.Connections => ReadConnections(section),
        TicketPieceKind.ConnectionCounters => Nodes.ConnectionCounters(Of(section)),
        TicketPieceKind.KernelLog => Nodes.Log(Of(section), section.First),
        TicketPieceKind.ClusterTable => Nodes.Table(Of(section)),
        TicketPieceKind.ClusterObjects => ReadObjects(section),
        _ => null,
    };

    private DevicePieces Devices => new(_content, _source.Path);

    private NodePieces Nodes => new(_content);

    private void ReadRules(IReadOnlyList<TicketSection> sections)
    {
        // Comments are a matter of the rules' own reader: a rule may have been taken out by one.
        var paste = new PasteStripper(static text => PastedText.IsRule(Encoding.UTF8.GetBytes(text)),
            hasComments: true);
        using var text = new LineStream(Only(sections).Select(line => PasteStripper.Unquote(paste.Strip(line)))
            .GetEnumerator());
        _rules.Read(text, _source.Path);
        foreach (TicketSection section in sections)
        {
            Understood([section], Lines(section));
        }
    }

    private string? ReadFeatures(TicketSection section)
    {
        var parser = new OffloadTextParser(problem => Problem(section.First + problem.Line, problem.Message));
        var blocks = new List<OffloadFeature>();
        foreach (string line in Of(section))
        {
            blocks.AddRange(parser.Add(line));
        }

        blocks.AddRange(parser.Finish());
        return Take(blocks);
    }

    private string? Take(IReadOnlyList<OffloadFeature> features)
    {
        foreach (IGrouping<string?, OffloadFeature> device in features.GroupBy(static f => f.Interface))
        {
            if (device.Key is not { } name)
            {
                _content.NamelessFeatures.AddRange(device);
                continue;
            }

            // Of several printings the last counts: it is how things stand.
            List<OffloadFeature> known = _content.Features.TryGetValue(name, out List<OffloadFeature>? before) ? before
                : _content.Features[name] = [];
            known.RemoveAll(k => device.Any(f => f.Name == k.Name));
            known.AddRange(device);
        }

        return features.Count == 0 ? null
            : $"{Phrase.Count(features.Count, "feature", "features")} of "
                + string.Join(", ", features.Select(static f => f.Interface ?? "a device without a name").Distinct()
                    .Take(4));
    }

    private string? ReadConnections(TicketSection section)
    {
        var text = new ConntrackText(_content.Ports, _source.Path);
        var flows = _content.Flows ??= [];
        int before = flows.Count;
        foreach (string line in Of(section))
        {
            if (text.Add(line) is { } flow)
            {
                flows.Add(flow);
            }
        }

        if (text.Problem() is { ErrorId: ConntrackProblem.Unreadable } problem)
        {
            Problem(section.First + problem.Line, problem.Message);
        }

        return $"{Phrase.Count(flows.Count - before, "tunnel flow", "tunnel flows")}, "
            + $"{flows.Skip(before).Count(static f => f.IsTranslated)} rewritten";
    }

    private string? ReadObjects(TicketSection section)
    {
        string text = string.Join('\n', Stripped(section));
        string start = text.TrimStart();
        if (start is ['{' or '[', ..])
        {
            if (OffloadJsonParser.Recognises(text) && start.Contains("\"ifname\"", StringComparison.Ordinal)
                && start.Contains("\"active\"", StringComparison.Ordinal))
            {
                return Take(OffloadJsonParser.Parse(text, p => Problem(section.First + p.Line, p.Message)));
            }

            if (start.AsSpan(0, Math.Min(start.Length, 400)).Contains("\"nftables\"", StringComparison.Ordinal))
            {
                _rules.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), _source.Path);
                Understood(section with { Kind = TicketPieceKind.Rules }, Lines(section));
                return null;
            }

            if (AddressJson.Recognises(text))
            {
                ReadAddresses(section, text);
                return null;
            }
        }

        int nodes = _content.Nodes.Count;
        long objects = 0;
        try
        {
            using var parser = new KubeObjectParser((kind, item) =>
            {
                objects++;
                if (_content.Cluster.Add(kind, item) is { } node)
                {
                    _content.Nodes.Add(node);
                }
            });
            parser.Write(start is ['{' or '[', ..] ? Encoding.UTF8.GetBytes(text) : yamlToJson(new StringReader(text)));
            parser.Complete();
        }
        catch (KubeTextException e)
        {
            Problem(section.First + Math.Max(1, e.Line), e.Message);
        }

        nodes = _content.Nodes.Count - nodes;
        return objects == 0 ? null : nodes > 0 ? Phrase.Count(nodes, "node", "nodes")
            : Phrase.Count(objects, "object", "objects");
    }

    private void ReadAddresses(TicketSection section, string text)
    {
        foreach ((TicketPieceKind kind, string summary) in Devices.Json(text, section.First, line =>
            Problem(line, "not the JSON of `ip -j`: it is damaged or cut off here")))
        {
            Understood(section with { Kind = kind }, summary);
        }
    }

    /// <summary>All lines of the source, those of other pieces empty: line numbers stay what they are.</summary>
    private IEnumerable<string> Only(IReadOnlyList<TicketSection> sections)
    {
        int at = 0;
        foreach (TicketSection section in sections)
        {
            for (; at < section.First; at++)
            {
                yield return string.Empty;
            }

            for (; at <= section.Last; at++)
            {
                yield return _source.Lines[at];
            }
        }
    }

    /// <summary>The lines of a piece, as long as there is room for what is read out of them.</summary>
    private IEnumerable<string> Of(TicketSection section)
    {
        // Of these each line is something, which comes into the content at the end.
        bool isHeld = section.Kind is TicketPieceKind.Links or TicketPieceKind.Routes or TicketPieceKind.Forwarding;
        for (int i = section.First; i <= section.Last && !_isFull; i++)
        {
            if (_content.Kept + (isHeld ? i - section.First : 0) >= MostKept)
            {
                _isFull = true;
                Problem(i + 1, Phrase.Text($"more than {MostKept:N0} devices, routes, flows and such: from here on none is read"));
                yield break;
            }

            yield return _source.Lines[i];
        }
    }

    private IEnumerable<string> Stripped(TicketSection section)
    {
        var paste = new PasteStripper(static text => PieceGrammar.Begins(text) is not null);
        return _source.Lines.Skip(section.First).Take(section.Last - section.First + 1).Select(l => l.Length > BoundedLines.MaxLength ? l
                : PasteStripper.Unquote(paste.Strip(l)).TrimEnd())
            .Where(static l => !PastePrompt.TryRead(l, out _));
    }

    private static string Lines(TicketSection section) =>
        Phrase.Count(section.Last - section.First + 1, "line", "lines");

    private void Understood(IReadOnlyList<TicketSection> sections, string? summary)
    {
        foreach (TicketSection section in summary is null ? [] : sections)
        {
            Understood(section, summary!);
        }
    }

    private void Understood(TicketSection section, string summary) =>
        Understood(section.Kind, section.First, section.Last, summary);

    private void Understood(TicketPieceKind kind, int first, int last, string summary) =>
        _content.Pieces.Add(new TicketPiece
        {
            Kind = kind,
            Path = SafeText.Escape(_source.Path, 1000),
            FirstLine = first + 1,
            LastLine = last + 1,
            Summary = summary,
        });

    private void Problem(long line, string what, string? path = null)
    {
        if (_content.Problems.Count < MostProblems)
        {
            _content.Problems.Add(string.Create(CultureInfo.InvariantCulture,
                $"{SafeText.Escape(Path.GetFileName(path ?? _source.Path))} line {line}: "
                    + $"{SafeText.Escape(what, 400)}"));
        }
    }
}
