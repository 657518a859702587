using System.Text.RegularExpressions;

namespace VxlanCsum.Pasting;

/// <summary>A prompt with the command that was given at it.</summary>
/// <param name="Host">The machine, where the prompt names it.</param>
/// <param name="Command">What was typed; empty where nothing was.</param>
internal readonly partial record struct PastePrompt(string? Host, string Command)
{
    private const int Longest = 2000;

    /// <summary>"[root@node ~]# tcpdump", "user@node:~$ ip link", "root@node:/#", "$ ethtool -k eth0", "PS />
    /// ".</summary>
    public static bool TryRead(string line, out PastePrompt prompt)
    {
        prompt = default;
        if (line.Length > Longest || Named().Match(line) is not { Success: true } match)
        {
            match = line.Length > Longest ? Match.Empty : Bare().Match(line);
            if (!match.Success)
            {
                return false;
            }
        }

        prompt = new PastePrompt(match.Groups["host"] is { Success: true, Length: > 0 } host ? host.Value : null,
            Unwrapped(match.Groups["command"].Value));
        return true;
    }

    /// <summary>The command without what carries it elsewhere: sudo, watch, nsenter, ssh and kubectl exec.</summary>
    public static string Unwrapped(string command)
    {
        string text = command.Trim().Trim('`');
        for (int i = 0; i < 4 && Carrier().Match(text) is { Success: true, Length: > 0 } carrier; i++)
        {
            text = text[carrier.Length..].TrimStart();
        }

        return text;
    }

    [GeneratedRegex(
        @"^`*\s*(?:(?:\([^)]{1,40}\)\s*)?\[?[\w.+-]{1,64}@(?<host>[\w.-]{1,64})[^#$%>]{0,200}\]?[#$%>](?:\s+(?<command>.*))?$"
        + @"|(?<host>[\w.-]{1,64}):[~/][^#$%]{0,200}[#$%](?:\s+(?<command>.*))?$|PS [^>]{0,200}>\s*(?<command>.*)$"
        + @"|(?:sh|bash)-\d[\d.]*[#$]\s*(?<command>.*)$|\[[^\]]{1,60}\][#$%]\s*(?<command>.*)$)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    /// <summary>"# " may be a comment or a title as well: what follows must look like a program.</summary>
    [GeneratedRegex(@"^`*\s*(?:[$%]\s+(?<command>\S.*)|#\s?(?<command>(?:sudo\s+)?(?:[\w./-]*/)?"
        + @"(?:tcpdump|tshark|ip6?tables\S*|nft|ipset|ethtool|ip|bridge|ss|netstat|nstat|conntrack|dmesg|"
        + @"journalctl|kubectl|calicoctl|cat|uname|watch|grep|lspci|sysctl)(?:\s.*)?))$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Bare();

    [GeneratedRegex(
        @"^(?:sudo(?:\s+-\S+)*|watch(?:\s+-\S+(?:\s+[\d.]+)?)*|time|nsenter(?:\s+-\S+"
            + @"(?:\s+\d+)?)*|env|ssh\s+\S+|chroot\s+\S+|(?:microk8s|k3s)(?=\s+kubectl)|"
            + @"(?:kubectl|oc)\s.{0,200}\bexec\s.{0,200}\s--|(?:docker|podman|crictl|nerdctl)\s+exec(?:\s+-\S+)*\s+\S+|ip\s+netns\s+exec\s+\S+)\s+",
        RegexOptions.CultureInvariant)]
    private static partial Regex Carrier();
}
