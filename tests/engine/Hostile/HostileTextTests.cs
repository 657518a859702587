using System.Management.Automation;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Hostile;

/// <summary>
/// Whatever stands in names and texts that strangers wrote, no byte of it commands a terminal: each way in is fed
/// escape sequences, and the raw bytes of every stream and report are looked at.
/// </summary>
public sealed partial class HostileTextTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    /// <summary>ESC, OSC 52 (clipboard), OSC 8 (links), SGR, C1's CSI, a reversal of writing, lines of one's own. Fit
    /// for a file's name.</summary>
    private const string Evil =
        "\u001b]52;c;QQ==\u0007\u001b]8;;x\u0007\u001b[31m\u009b2J\u202e\u2066\r\nFAKE: all is well";

    [GeneratedRegex("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|^FAKE",
        RegexOptions.Multiline)]
    private static partial Regex Commands();

    private static readonly string s_evilJson = System.Text.Json.JsonSerializer.Serialize(Evil);

    [Fact]
    public async Task NothingThatANameOrATextHoldsReachesATerminal()
    {
        using TemporaryFolder folder = new();
        Make(folder);
        ShellResult result = await ShellProcess.RunAsync("-NoProfile", "-NonInteractive", "-c",
            $"$in = '{folder.Path}'\n" + Script);
        string all = result.Output + result.Errors;
        string[] parts = [.. all.Split("=== ").Skip(1)];
        Assert.Equal(Regex.Count(Script, "^T ", RegexOptions.Multiline), parts.Length);
        string[] obeyed = [.. parts.Where(p => Commands().IsMatch(p)).Select(Show)];
        Assert.True(obeyed.Length == 0, string.Join("\n\n", obeyed));
        Assert.All(parts, static p => Assert.True(p.Length > 60, $"nothing was said: {p}"));
        Assert.All(parts, static p => Assert.True(p.Length < 200_000, $"{p.Length} characters: {p[..200]}"));
        string[] reports = Directory.GetFiles(Path.Combine(folder.Path, "out"));
        Assert.True(reports.Length >= 5, string.Join(' ', reports));
        Assert.All(reports, static r => Assert.False(Commands().IsMatch(File.ReadAllText(r).Replace("\r", "",
            StringComparison.Ordinal)), Show(r + ": " + File.ReadAllText(r))));
    }

    /// <summary>Whoever adds a cmdlet, or a helper that speaks for one, goes through the gate.</summary>
    [Fact]
    public void EveryCmdletSpeaksThroughTheGate()
    {
        Type[] cmdlets = [.. engine.Run("(Get-Command -Module VxlanCsum -CommandType Cmdlet).ImplementingType").Output
            .Select(static o => (Type)o.BaseObject)];
        Assert.True(cmdlets.Length > 20);
        Type[] all = cmdlets[0].Assembly.GetTypes();
        Type gate = all.Single(static t => t.FullName == "VxlanCsum.Commands.SafeCommand");
        Assert.All(cmdlets, t => Assert.True(t.IsSubclassOf(gate), t.FullName));
        string[] around = [.. all.SelectMany(static t => t.GetMethods(BindingFlags.Instance | BindingFlags.Static
                | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Cast<MethodBase>()
                .Concat(t.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)))
            .Where(static m => m.GetParameters().Any(static p => p.ParameterType == typeof(PSCmdlet)
                || p.ParameterType == typeof(Cmdlet))).Select(static m => $"{m.DeclaringType}.{m.Name}")];
        Assert.Equal([], around);
    }

    private static string Show(string text)
    {
        string safe = Regex.Replace(text, "[^\n\u0020-\u007e]", static m => $"<{(int)m.Value[0]:x2}>");
        Match found = Commands().Match(text);
        int at = Math.Max(0, Math.Min(found.Index - 200, safe.Length - 1));
        return $"{safe.Split('\n')[0]}: ...{safe[at..Math.Min(safe.Length, at + 700)]}";
    }

    private static void Make(TemporaryFolder folder)
    {
        string In(string name) => Path.Combine(folder.Path, name);
        File.Copy(Repository.PathOf("tests", "data", "captures", "udpcsum-on-random.pcap"), In($"pcap{Evil}.pcap"));
        File.WriteAllBytes(In("strings.pcapng"), PcapNg(Evil));
        string rules = File.ReadAllText(Repository.PathOf("tests", "data", "rules", "g1.iptables-nft-save.txt"));
        string quoted = Evil.Replace("\r\n", "", StringComparison.Ordinal);
        rules = rules.Replace("kubernetes service traffic requiring SNAT", quoted, StringComparison.Ordinal)
            + $"{quoted}\n-A \"{quoted}\" -j X\n";
        File.WriteAllText(In($"rules{Evil}.txt"), rules);
        File.WriteAllText(In("bad" + Evil), $"garbage {Evil} line\n{new string('n', 1 << 20)}\u001b[31m\n");
        File.WriteAllText(In("tcpdump.txt"),
            $"12:00:00.1 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto UDP (17), length 60{quoted})\n"
            + $"    {quoted}.1 > 10.0.0.2.8472: [bad udp cksum 0x1 -> 0x2!] {quoted}\n");
        File.WriteAllText(In("ethtool.txt"), $"Features for {quoted}:\n{quoted}: on\ntx-checksumming: {quoted}\n");
        File.WriteAllText(In("conntrack.txt"), $"udp 17 29 src={quoted} dst=1.2.3.4 sport=1 dport=2 {quoted}\n");
        File.WriteAllText(In("nodes.json"), """
            {"kind": "List", "items": [{"kind": "Node", "metadata": {"name": EVIL, "labels": {"a": EVIL}},
             "status": {"nodeInfo": {"kernelVersion": EVIL, "osImage": EVIL, "kubeletVersion": EVIL,
              "kubeProxyVersion": EVIL}, "addresses": [{"type": "InternalIP", "address": EVIL}]}},
             {"kind": EVIL, "metadata": {"name": EVIL}},
             {"kind": "Pod", "metadata": {"name": EVIL, "namespace": EVIL}, "spec": {"nodeName": EVIL,
              "containers": [{"name": EVIL, "image": EVIL}]}}]}
            """.Replace("EVIL", s_evilJson, StringComparison.Ordinal));
        File.WriteAllText(In("nft.json"), """
            {"nftables": [{"table": {"family": "ip", "name": EVIL, "handle": 1}},
             {"chain": {"family": "ip", "table": EVIL, "name": EVIL, "type": "nat", "hook": EVIL, "prio": 100, "policy": EVIL}},
             {"rule": {"family": "ip", "table": EVIL, "chain": EVIL, "comment": EVIL,
              "expr": [{"log": {"prefix": EVIL}}, {"jump": {"target": EVIL}}]}}]}
            """.Replace("EVIL", s_evilJson, StringComparison.Ordinal));
        File.WriteAllText(In("kubeconfig"), """
            apiVersion: v1
            kind: Config
            current-context: EVIL
            clusters: [{name: EVIL, cluster: {server: EVIL}}]
            users: [{name: EVIL, user: {token: EVIL}}]
            contexts: [{name: EVIL, context: {cluster: EVIL, user: EVIL}}]
            """.Replace("EVIL", s_evilJson, StringComparison.Ordinal));
        Evidence(In("evidence" + Evil));
        Directory.CreateDirectory(In("out"));
    }

    /// <summary>A saved diagnosis with the text in each string that it holds, but for those that name its
    /// files.</summary>
    private static void Evidence(string folder)
    {
        Directory.CreateDirectory(folder);
        string from = Repository.PathOf("tests", "data", "diagnoses", "fault");
        foreach (string file in Directory.GetFiles(from, "rules-*"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        string json = File.ReadAllText(Path.Combine(from, "evidence.json"));
        string inside = s_evilJson[1..^1].Replace("$", "$$", StringComparison.Ordinal);
        json = Regex.Replace(json,
            "\"(nodeName|networkNamespace|kernelRelease|distribution|name|because|rulesProblem|program|underlyingDevice"
            + "|underlyingDriver|group|flag|interface|tunnelDevice|uplink)\": \"([^\"]*)\"", $"\"$1\": \"$2{inside}\"");
        File.WriteAllText(Path.Combine(folder, "evidence.json"), json);
    }

    /// <summary>A pcapng whose strings all are that text, around a frame of no known kind.</summary>
    private static byte[] PcapNg(string text)
    {
        using MemoryStream file = new();
        void Block(uint type, byte[] body)
        {
            byte[] length = BitConverter.GetBytes(body.Length + 12);
            file.Write([.. BitConverter.GetBytes(type), .. length, .. body, .. length]);
        }

        byte[] Option(ushort code)
        {
            byte[] value = Encoding.UTF8.GetBytes(text);
            return [.. BitConverter.GetBytes(code), .. BitConverter.GetBytes((ushort)value.Length), .. value,
                .. new byte[(4 - (value.Length % 4)) % 4]];
        }

        Block(0x0a0d0d0a, [0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, .. Enumerable.Repeat((byte)0xff, 8),
            .. Option(1), .. Option(2), .. Option(3), .. Option(4), 0, 0, 0, 0]);
        Block(1, [1, 0, 0, 0, 0, 0, 0, 0, .. Option(1), .. Option(2), .. Option(3), .. Option(12), 0, 0, 0, 0]);
        Block(6, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4, .. Option(1), 0, 0, 0, 0]);
        return file.ToArray();
    }

    private const string Script = """
        $PSStyle.OutputRendering = 'PlainText'
        $FormatEnumerationLimit = -1
        function One($like) { [IO.Directory]::GetFileSystemEntries($in, $like)[0] }
        $pcap = One 'pcap*'; $rules = One 'rules*'; $bad = One 'bad*'; $evidence = One 'evidence*'
        $out = [IO.Path]::Combine($in, 'out')
        $long = $bad + ('n' * 1mb)
        function T($name, [scriptblock]$do) { "=== $name"; & $do *>&1 | Out-String -Stream -Width 200 }
        T measure { Measure-PcapChecksum -LiteralPath $pcap -Verbose; $x = Measure-PcapChecksum -LiteralPath $pcap; $x | Format-List *; $x | ConvertTo-Json }
        T read { Read-PcapChecksum -LiteralPath $pcap -First 2; Read-PcapChecksum -LiteralPath $pcap -First 1 | Format-List * }
        T test { Test-VxlanChecksum -LiteralPath $pcap; Test-VxlanChecksum -LiteralPath $pcap | Format-List *;
            Test-VxlanChecksum -LiteralPath $pcap | ConvertTo-Json -Depth 4 }
        T repair { Repair-PcapChecksum -LiteralPath $pcap -Destination ([IO.Path]::Combine($in, "fixed$([char]27)[31m.pcap")) -Verbose | Format-List * }
        T merge { Measure-PcapChecksum -LiteralPath $pcap, $pcap | Merge-PcapChecksum -Name $bad | Format-List * }
        T pcapng { Read-PcapChecksum -LiteralPath "$in/strings.pcapng" | Format-List *; Measure-PcapChecksum "$in/strings.pcapng" | Format-List * }
        T capture-bad { Measure-PcapChecksum -LiteralPath $bad; $Error[0] | Format-List * -Force }
        T capture-none { Read-PcapChecksum -Path ($bad + 'none'); Test-VxlanChecksum -LiteralPath ($bad + 'none'); $Error[0] | Format-List * -Force }
        T capture-long { Test-VxlanChecksum -LiteralPath $long }
        T capture-folder { Test-VxlanChecksum -LiteralPath $evidence }
        T filter { Read-PcapChecksum -LiteralPath $pcap -Filter $bad }
        T rules { Get-KubePostroutingRule -LiteralPath $rules; Get-KubePostroutingRule -LiteralPath $rules | Format-List * }
        T rules-bad { Get-KubePostroutingRule -LiteralPath $bad; Get-KubePostroutingRule -Path $bad; Get-KubePostroutingRule -LiteralPath $long }
        T rules-nft { Get-KubePostroutingRule -LiteralPath "$in/nft.json" -Table '*' -Chain '*' | Format-List * }
        T trace { Trace-KubePostrouting -LiteralPath $rules -TunnelDevice flannel.1;
            Trace-KubePostrouting -LiteralPath $rules -TunnelDevice $bad -OutInterface $bad | Format-List * }
        T tcpdump { ConvertFrom-TcpdumpText -LiteralPath "$in/tcpdump.txt", $bad; ConvertFrom-TcpdumpText $bad;
            Get-Content -LiteralPath $bad -Raw | ConvertFrom-TcpdumpText }
        T ethtool { Get-OffloadFeature -LiteralPath "$in/ethtool.txt", $bad; Get-OffloadFeature -LiteralPath "$in/ethtool.txt" | Format-List * }
        T conntrack { Get-VxlanNatBinding -LiteralPath "$in/conntrack.txt", $bad; $Error[0] | Format-List * -Force }
        T nodes { Get-KubeNodeRisk -LiteralPath "$in/nodes.json" -Verbose; Get-KubeNodeRisk -LiteralPath "$in/nodes.json", $bad, $long | Format-List * }
        T kubeconfig { Get-KubeNodeRisk -Kubeconfig "$in/kubeconfig" -Timeout 2;
            Get-KubeNodeRisk -Kubeconfig "$in/kubeconfig" -Context $bad -Timeout 2;
            Get-KubeNodeRisk -Kubeconfig $bad; $Error[0] | Format-List * -Force }
        T advisory { Get-ChecksumAdvisory -Kernel $bad -Calico $long -NodeName $bad;
            [pscustomobject]@{ NodeName = $bad; KernelRelease = "5.4.0$bad" } | Get-ChecksumAdvisory | Format-List * }
        T advisory-data { Get-ChecksumAdvisory -DataPath $bad }
        T evidence { Get-ChecksumDiagnosis -FromPath $evidence;
            Get-ChecksumDiagnosis -FromPath $evidence | Format-List *; Get-ChecksumDiagnosis -FromPath $bad, $long }
        T namespace { Get-ChecksumErrorCounter -NetworkNamespace $bad; Get-VxlanInterface -NetworkNamespace $long;
            Get-ChecksumErrorCounter -NetworkNamespace "n$([char]27)[31m" }
        T interface { Get-OffloadFeature -Name $bad; Get-VxlanInterface -Name $long;
            Test-VxlanChecksum -Interface $bad -Duration 1; Test-VxlanChecksum -Interface $long -Duration 1 }
        T dns { Test-KubeServiceDns -Server $bad; Test-KubeServiceDns -Server 127.0.0.1:9 -Name $bad -Timeout 1 -Count 1; Test-KubeServiceDns -Server $long }
        T undo { Undo-ChecksumMitigation -Id $bad -JournalPath $bad;
            Undo-ChecksumMitigation -Id $bad -JournalPath $long;
            Undo-ChecksumMitigation -All -JournalPath $bad -Confirm:$false }
        T mitigation { Get-ChecksumMitigation -ServiceNetwork $bad; [pscustomobject]@{ NodeName = $bad;
            NodeId = $bad; Cause = $bad } | Invoke-ChecksumMitigation -WhatIf }
        T report { foreach ($type in 'html', 'md', 'json', 'csv', 'xml', 'prom') {
            Test-VxlanChecksum -LiteralPath $pcap | Export-ChecksumReport -Path "$out/test.$type" -Verbose;
            Get-ChecksumDiagnosis -FromPath $evidence | Export-ChecksumReport -Path "$out/diagnosis.$type";
            Measure-PcapChecksum -LiteralPath $pcap | Export-ChecksumReport -Path "$out/summary.$type" } }
        T report-bad { Test-VxlanChecksum -LiteralPath $pcap | Export-ChecksumReport -Path ($bad + '.html');
            Test-VxlanChecksum -LiteralPath $pcap | Export-ChecksumReport -Path ($long + '.html');
            'x' | Export-ChecksumReport -Path $bad }
        """;
}
