using System.Text.Json;
using System.Text.RegularExpressions;
using VxlanCsum.Connections;
using VxlanCsum.Counters;
using VxlanCsum.Diagnoses;
using VxlanCsum.Pasting;
using VxlanCsum.Text;
using VxlanCsum.Tunnels;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Tickets;

/// <summary>Reads the pieces that devices, routes and sockets come in. Each says in a few words what was read; null for
/// nothing.</summary>
/// <param name="content">Takes what was read.</param>
/// <param name="path">Of the text.</param>
internal sealed partial class DevicePieces(TicketContent content, string path)
{
    /// <summary>The rules are walked for each of them. A node of flannel or Calico has two at most.</summary>
    private const int MostTunnels = 256;

    public string? Links(IEnumerable<string> lines)
    {
        var text = new LinkText(path);
        foreach (string line in lines)
        {
            text.Add(line);
        }

        return Take(text);
    }

    public string? Driver(IEnumerable<string> lines, string? command)
    {
        string? driver = lines.Select(static l => DriverOf().Match(PasteStripper.Unquote(l).Trim()))
            .FirstOrDefault(static m => m.Success)?.Groups["driver"].Value;
        if (driver is null)
        {
            return null;
        }

        string device = Device(command) ?? "?";
        content.Drivers[device] = SafeText.Escape(driver);
        return device == "?" ? driver : $"{device}: {driver}";
    }

    public string? Routes(IEnumerable<string> lines, int first)
    {
        var text = new RouteText();
        foreach (string line in lines)
        {
            text.Add(line, ++first);
        }

        return Take(text);
    }

    public string? Forwarding(IEnumerable<string> lines, int first, string? command)
    {
        string? device = command is not null && OfDevice().Match(command) is { Success: true } named
            ? SafeText.Escape(named.Groups["device"].Value) : null;
        var text = new ForwardingText(device);
        foreach (string line in lines)
        {
            text.Add(line, ++first);
        }

        return Take(text);
    }

    public string? Counters(IEnumerable<string> lines, string? command)
    {
        var text = new DeviceCounterText(Device(command));
        foreach (string line in lines)
        {
            text.Add(line);
        }

        content.DeviceCounters.AddRange(text.Counters);
        return text.All == 0 ? null : text.Counters.Count == 0
            ? $"{Phrase.Count(text.All, "counter", "counters")}, none of checksums"
            : string.Join(", ", text.Counters.OrderByDescending(static c => c.Value).Take(3)
                .Select(static c => Phrase.Text($"{c.Name} {c.Value}")));
    }

    public string? Sockets(IEnumerable<string> lines)
    {
        SocketText text = content.Sockets;
        int before = text.Sockets, waiting = text.Unanswered.Count;
        foreach (string line in lines)
        {
            text.Add(line);
        }

        waiting = text.Unanswered.Count - waiting;
        return text.Sockets == before ? "only totals: nothing of checksums"
            : Phrase.Count(text.Sockets - before, "socket", "sockets")
                + (waiting == 0 ? "" : $", {waiting} without an answer to the SYN");
    }

    /// <summary>The lists of `ip -j` and `bridge -j`: what was read of each kind.</summary>
    /// <param name="text">The JSON.</param>
    /// <param name="first">Its first line, from 0.</param>
    /// <param name="problem">Told of the line where it is damaged.</param>
    public IEnumerable<(TicketPieceKind Kind, string Summary)> Json(string text, int first, Action<long> problem)
    {
        var links = new LinkText(path);
        var routes = new RouteText();
        var forwarding = new ForwardingText(null);
        foreach (JsonElement element in AddressJson.Objects(text, line => problem(first + 1 + line)))
        {
            // An entry of forwarding has a destination as well.
            _ = links.Add(element) || forwarding.Add(element, first + 1) || routes.Add(element, first + 1);
        }

        (TicketPieceKind Kind, string? Summary)[] read =
        [
            (TicketPieceKind.Links, Take(links)), (TicketPieceKind.Routes, Take(routes)),
            (TicketPieceKind.Forwarding, Take(forwarding)),
        ];
        return read.Where(static r => r.Summary is not null).Select(static r => (r.Kind, r.Summary!));
    }

    private string? Take(LinkText text)
    {
        content.Links.AddRange(text.Links);
        IReadOnlyList<VxlanInterface> tunnels = text.Tunnels;
        HashSet<string> again = [.. tunnels.Select(static t => t.Name)];
        content.Tunnels.RemoveAll(t => again.Contains(t.Name));
        content.Tunnels.AddRange(tunnels.Take(MostTunnels - content.Tunnels.Count));
        if (content.Tunnels.Count < again.Count)
        {
            content.Problems.Add(Phrase.Text($"{SafeText.Escape(Path.GetFileName(path))}: of {again.Count} tunnels the ")
                + Phrase.Text($"first {MostTunnels} are looked at"));
        }

        return text.Links.Count == 0 ? null : Phrase.Count(text.Links.Count, "device", "devices")
            + (tunnels.Count == 0 ? "" : $", tunnels: {string.Join(", ", tunnels.Take(4))}");
    }

    private string? Take(RouteText text)
    {
        content.Routes.AddRange(text.Routes);
        int refusals = text.Routes.Count(static r => r.Refusal is not null);
        return text.Routes.Count == 0 ? null : Phrase.Count(text.Routes.Count, "route", "routes")
            + (refusals == 0 ? "" : $", {refusals} to nowhere");
    }

    private string? Take(ForwardingText text)
    {
        content.Forwarding.AddRange(text.Entries);
        return text.All == 0 ? null : text.Entries.Count == 0 ? "no entry of a tunnel"
            : Phrase.Count(text.Entries.Count, "entry", "entries") + " of "
                + string.Join(", ", text.Entries.Select(static e => e.Device).Distinct().Take(4));
    }

    private static string? Device(string? command) =>
        command is not null && OptionDevice().Match(command) is { Success: true } named
            ? SafeText.Escape(named.Groups["device"].Value) : null;

    [GeneratedRegex(@"^driver: (?<driver>[\w.-]{1,40})$", RegexOptions.CultureInvariant)]
    private static partial Regex DriverOf();

    [GeneratedRegex(@"\s-(?:i|S|-driver|-statistics)\s+(?<device>[\w.@:-]{1,20})", RegexOptions.CultureInvariant)]
    private static partial Regex OptionDevice();

    [GeneratedRegex(@"\sdev\s+(?<device>[\w.@:-]{1,20})", RegexOptions.CultureInvariant)]
    private static partial Regex OfDevice();
}
