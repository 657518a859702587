using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Trust;

namespace VxlanCsum.EngineTests.Hostile;

/// <summary>Each cmdlet on the worst that it can be given, in a process of its own: it ends, says what is wrong, and
/// takes no more memory than a small machine has.</summary>
[Long]
public sealed class WorstInputTests
{
    /// <summary>Ten times and more what any reader keeps of a line, and what is read as a whole.</summary>
    private const long Large = 400 << 20;
    private const int MostMegabytes = 300;

    private static readonly Dictionary<string, (string Command, Action<string> Make)> s_cases = new()
    {
        ["Get-OffloadFeature: a line of 400 MiB"] = ("Get-OffloadFeature -LiteralPath $in", Line("x")),
        ["Get-OffloadFeature: JSON of 400 MiB"] = ("Get-OffloadFeature -LiteralPath $in", Line("[{\"ifname\": \"")),
        ["Get-OffloadFeature: /dev/zero"] = ("Get-OffloadFeature -LiteralPath /dev/zero", static _ => { }
        ),
        ["ConvertFrom-TcpdumpText: a line of 400 MiB"] = ("ConvertFrom-TcpdumpText -LiteralPath $in", Line("x")),
        ["Get-VxlanNatBinding: a line of 400 MiB"] = ("Get-VxlanNatBinding -LiteralPath $in", Line("x")),
        ["Get-KubeNodeRisk: YAML of 400 MiB"] = ("Get-KubeNodeRisk -LiteralPath $in", Line("kind: ")),
        ["Get-KubeNodeRisk: JSON in a million brackets"] = ("Get-KubeNodeRisk -LiteralPath $in",
            static path => File.WriteAllText(path, "{\"kind\":\"List\",\"items\":" + new string('[', 1_000_000))),
        ["Get-KubeNodeRisk: YAML in 200,000 brackets"] = ("Get-KubeNodeRisk -LiteralPath $in", Nested("[")),
        ["Get-KubeNodeRisk: a kubeconfig in 200,000 braces"] = ("Get-KubeNodeRisk -Kubeconfig $in", Nested("{a: ")),
        ["Get-ChecksumDiagnosis: YAML in 200,000 dashes"] = ("Get-ChecksumDiagnosis -LiteralPath $in", Nested("- ")),
        ["Get-KubeNodeRisk: a report in 200,000 elements"] = (
            "Get-KubeNodeRisk -LiteralPath $nodes -ReportPath ($in + '.xml')", static path => File.WriteAllText(path + ".xml",
                """<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">"""
                + string.Concat(Enumerable.Repeat("<Obj RefId='0'><LST>", 200_000)))),
        ["Get-KubeNodeRisk: a report of 400 MiB"] = ("Get-KubeNodeRisk -LiteralPath $nodes -ReportPath ($in + '.xml')",
            static path => Line("<Objs>")(path + ".xml")),
        ["Get-KubePostroutingRule: a line of 400 MiB"] = ("Get-KubePostroutingRule -LiteralPath $in", Line("-A X ")),
        ["Trace-KubePostrouting: 200,000 rules"] = ("Trace-KubePostrouting -LiteralPath $in", Rules),
        ["Trace-KubePostrouting: 100,000 chains, each called by the one before"] = (
            "Trace-KubePostrouting -LiteralPath $in", Chains),
        ["Trace-KubePostrouting: a set of ipset with ten million members"] = ("Trace-KubePostrouting -LiteralPath $in",
            Members("create S hash:ip family inet\n", "add S ", "\n", """
                *nat
                :POSTROUTING ACCEPT [0:0]
                -A POSTROUTING -m set --match-set S dst -j MASQUERADE
                COMMIT

                """)),
        ["Trace-KubePostrouting: a set of nft with ten million elements"] = ("Trace-KubePostrouting -LiteralPath $in",
            Members("table ip nat {\nset s {\ntype ipv4_addr\nelements = {\n", "", ",\n", "}\n}\n}\n")),
        ["Trace-KubePostrouting: nft's JSON of a set with ten million elements"] = ("Trace-KubePostrouting -LiteralPath $in",
            Members("""{"nftables":[{"table":{"family":"ip","name":"nat"}},{"set":{"family":"ip","""
                + """ "table":"nat","name":"s","elem":[""", "\"", "\",", "\"10.255.255.255\"]}}]}")),
        ["Get-VxlanInterface: a line of 400 MiB"] = ("Get-VxlanInterface -LiteralPath $in", Line("2: eth0: <UP> ")),
        ["Get-ChecksumErrorCounter: a line of 400 MiB"] = ("Get-ChecksumErrorCounter -LiteralPath $in", Line("Udp: ")),
        ["Get-ChecksumDiagnosis: a ticket of 400 MiB in one line"] = ("Get-ChecksumDiagnosis -LiteralPath $in", Line("x")),
        ["Get-ChecksumDiagnosis: a ticket of five million lines"] = ("Get-ChecksumDiagnosis -LiteralPath $in",
            path => File.WriteAllLines(path, Enumerable.Range(0, 5_000_000).Select(static i =>
                $"[{i}.000000] UDP: bad checksum. From 10.0.{(i >> 8) & 255}.{i & 255}:40000 to 10.0.0.1:8472 ulen 100"))),
        ["Get-ChecksumDiagnosis: a ticket of two million rules"] = ("Get-ChecksumDiagnosis -LiteralPath $in",
            path => File.WriteAllLines(path, ["*nat", ":POSTROUTING ACCEPT [0:0]", ":KUBE-SVC-A - [0:0]",
                .. Enumerable.Range(0, 2_000_000).Select(static i => $"-A KUBE-SVC-A -m comment --comment \"ns/{i}\" -j RETURN"),
                "COMMIT"])),
        ["Trace-KubePostrouting: 1.6 GiB of rules"] = ("Trace-KubePostrouting -LiteralPath $in", Sparse(4 * Large,
            "*nat\n:POSTROUTING ACCEPT [0:0]\n:KUBE-SVC-A - [0:0]\n", static i =>
                $"-A KUBE-SVC-A -m comment --comment \"namespace/service-{i}\" -j RETURN\n")),
        ["Trace-KubePostrouting: 1.6 GiB of nft's rules"] = ("Trace-KubePostrouting -LiteralPath $in", Sparse(4 * Large,
            "table ip nat {\nchain POSTROUTING {\ntype nat hook postrouting priority srcnat; policy accept;\n", static i =>
                $"ip daddr 10.0.0.{i & 255} counter packets {i} bytes 0 return\n")),
        ["Trace-KubePostrouting: two million rules in nft's JSON"] = ("Trace-KubePostrouting -LiteralPath $in",
            path => File.WriteAllLines(path,
            [
                """{"nftables":[{"table":{"family":"ip","name":"nat"}},""",
                """{"chain":{"family":"ip","table":"nat","name":"POSTROUTING","type":"nat","hook":"postrouting","prio":100}}""",
                .. Enumerable.Range(0, 2_000_000).Select(static i => $$$"""
                    ,{"rule":{"family":"ip","table":"nat","chain":"POSTROUTING","expr":[{"counter":{"packets":{{{i}}},"bytes":0}},{"return":null}]}}
                    """),
                "]}",
            ])),
        ["Trace-KubePostrouting: two million tables"] = ("Trace-KubePostrouting -LiteralPath $in",
            path => File.WriteAllLines(path, Enumerable.Range(0, 2_000_000).Select(static i => $"*t{i}\nCOMMIT"))),
        ["Get-VxlanInterface: a million tunnels"] = ("Get-VxlanInterface -LiteralPath $in", path => Tunnels(path, 1_000_000)),
        ["Get-ChecksumDiagnosis: a ticket of a million tunnels"] = ("Get-ChecksumDiagnosis -LiteralPath $in",
            path => Tunnels(path, 1_000_000)),
        ["Get-ChecksumDiagnosis: a folder of 200,000 files"] = ("Get-ChecksumDiagnosis -LiteralPath $in", static path =>
        {
            Directory.CreateDirectory(path);
            for (int i = 0; i < 200_000; i++)
            {
                // Most are empty: two hundred thousand texts would be written for minutes.
                File.WriteAllText(Path.Combine(path, $"{i}"), i % 50 == 0 ? "10.0.0.0/24 via 10.0.0.1 dev eth0\n" : "");
            }
        }
        ),
        ["Get-ChecksumDiagnosis: a folder with two million routes, entries and sockets"] = (
            "Get-ChecksumDiagnosis -LiteralPath $in", static path =>
        {
            Directory.CreateDirectory(path);
            for (int i = 0; i < 20; i++)
            {
                File.WriteAllLines(Path.Combine(path, $"{i}"), Enumerable.Range(i * 100_000, 100_000).Select(n => (n % 3) switch
                {
                    0 => $"blackhole 10.{(n >> 16) & 255}.{(n >> 8) & 255}.{n & 255}",
                    1 => $"aa:bb:cc:{(n >> 16) & 255:x2}:{(n >> 8) & 255:x2}:{n & 255:x2} dev vxlan0 dst 10.0.0.{n & 255} self permanent",
                    _ => $"SYN-SENT 0 1 10.0.0.1:{n % 60_000} 10.96.0.{n & 255}:443",
                }));
            }
        }
        ),
        ["Get-ChecksumDiagnosis: evidence with 640 MiB of rules"] = ("Get-ChecksumDiagnosis -FromPath $in", Saved(640 << 20)),
        ["Get-ChecksumDiagnosis: evidence with 60 MiB of rules"] = ("Get-ChecksumDiagnosis -FromPath $in", Saved(0)),
        ["Read-PcapChecksum: 200,000 directions, all bad"] = ("Read-PcapChecksum -LiteralPath $in", Directions),
        ["Repair-PcapChecksum: 200,000 directions, all bad"] = (
            "Repair-PcapChecksum -LiteralPath $in -Destination ($in + '.out')", Directions),
        ["Merge-PcapChecksum: 200,000 directions, twice"] = (
            "Measure-PcapChecksum -LiteralPath $in, $in | Merge-PcapChecksum", Directions),
        ["ConvertTo-ChecksumReport: 200,000 directions, all bad"] = (
            "Test-VxlanChecksum -LiteralPath $in | ConvertTo-ChecksumReport -Format Html", Directions),
        ["Undo-ChecksumMitigation: a journal of 400 MiB in one line"] = (
            "Undo-ChecksumMitigation -Pending -WhatIf -JournalPath $in", Line("{")),
        ["Undo-ChecksumMitigation: a journal of 400,000 lines that are none"] = (
            "Undo-ChecksumMitigation -Pending -WhatIf -JournalPath $in",
            static path => File.WriteAllLines(path, Enumerable.Repeat("""{"version":2,"id":"x"}""", 400_000))),
        ["Get-ChecksumAdvisory: knowledge of 400 MiB"] = ("Get-ChecksumAdvisory -DataPath $in", Line("{")),
        ["Get-ChecksumDiagnosis: evidence of 400 MiB"] = ("Get-ChecksumDiagnosis -FromPath $in",
            Evidence(static path => Line("{")(path))),
        ["Get-ChecksumDiagnosis: /dev/zero as evidence"] = ("Get-ChecksumDiagnosis -FromPath $in",
            Evidence(static path => File.CreateSymbolicLink(path, "/dev/zero"))),
        ["Get-ChecksumDiagnosis: evidence of 0 bytes"] = ("Get-ChecksumDiagnosis -FromPath $in",
            Evidence(static path => File.WriteAllText(path, string.Empty))),
        ["Test-VxlanChecksum: 200,000 directions, all bad"] = ("Test-VxlanChecksum -LiteralPath $in", Directions),
        ["Measure-PcapChecksum: a record that says 4 GiB"] = ("Measure-PcapChecksum -LiteralPath $in",
            static path => File.WriteAllBytes(path, [.. Header, .. new byte[8], 255, 255, 255, 255, 255, 255, 255, 255])),
    };

    private static byte[] Header => [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task ItEndsAndSaysWhy(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux: /proc tells the most memory of a process");
        using TemporaryFolder folder = new();
        (string command, Action<string> make) = s_cases[name];
        make(Path.Combine(folder.Path, "in"));
        folder.Write("nodes", """{"kind":"List","items":[{"kind":"Node","metadata":{"name":"n"},"status":{"nodeInfo":{"kernelVersion":"5.4.0"}}}]}""");
        ShellResult result = await ShellProcess.RunAsync("-NoProfile", "-NonInteractive", "-c", $$"""
            $in = '{{folder.Path}}/in'; $nodes = '{{folder.Path}}/nodes'
            $ErrorActionPreference = 'SilentlyContinue'
            $said = try { {{command}} 2>$null 3>&1 | Select-Object -First 5 } catch { }
            $warned = $said | Where-Object { $_ -is [Management.Automation.WarningRecord] }
            $id = if ($Error.Count) { $Error[-1].FullyQualifiedErrorId.Split(',')[0] } elseif ($warned) { 'warning' } else { '-' }
            $peak = [IO.File]::ReadAllLines('/proc/self/status').Where{ $_ -like 'VmHWM*' }[0] -replace '[^0-9]'
            "$id $([int]($peak / 1024))"
            """);
        string[] words = result.Output.Trim().Split(' ');
        Assert.True(words.Length == 2, result.Output + result.Errors);
        int megabytes = int.Parse(words[1], CultureInfo.InvariantCulture);
        Assert.True(megabytes < MostMegabytes, $"{name}: {megabytes} MB");
        TrustTable.Row("worst inputs", name, words[0] switch
        {
            "-" => "it is read",
            "warning" => "a warning",
            var id => id,
        }, megabytes);
    }

    private static Action<string> Nested(string bracket) => path => File.WriteAllText(path,
        "apiVersion: v1\nkind: Node\nmetadata:\n  " + string.Concat(Enumerable.Repeat(bracket, 200_000)) + "\n");

    /// <summary>Ten million addresses, each between two texts. Not as strings: to make those takes longer than to read
    /// them.</summary>
    private static Action<string> Members(string begin, string before, string behind, string end) => path =>
    {
        const int Count = 10_000_000;
        using BufferedStream file = new(File.Create(path), 1 << 20);
        file.Write(Encoding.ASCII.GetBytes(begin));
        byte[] line = new byte[64], last = Encoding.ASCII.GetBytes(behind);
        int first = Encoding.ASCII.GetBytes(before + "10.", line);
        for (int i = 0; i < Count; i++)
        {
            int length = first;
            for (int shift = 16; shift >= 0; shift -= 8)
            {
                Utf8Formatter.TryFormat((byte)(i >> shift), line.AsSpan(length), out int digits);
                length += digits;
                line[length++] = (byte)'.';
            }

            last.CopyTo(line, length - 1);
            file.Write(line, 0, length - 1 + last.Length);
        }

        file.Write(Encoding.ASCII.GetBytes(end));
    };

    private static void Chains(string path)
    {
        const int Count = 100_000;
        IEnumerable<int> all = Enumerable.Range(0, Count);
        File.WriteAllLines(path,
        [
            "*nat", ":POSTROUTING ACCEPT [0:0]", .. all.Select(static i => $":C{i} - [0:0]"), "-A POSTROUTING -j C0",
            .. all.SkipLast(1).Select(static i => $"-A C{i} -j C{i + 1}"), $"-A C{Count - 1} -j MASQUERADE", "COMMIT",
        ]);
    }

    /// <summary>A file that has no end of line, and hardly takes room on the disk.</summary>
    private static Action<string> Line(string begin) => path =>
    {
        using FileStream file = File.Create(path);
        file.Write(Encoding.ASCII.GetBytes(begin));
        file.SetLength(Large);
    };

    /// <summary>Lines, far more than are kept, and then a hole up to a size.</summary>
    private static Action<string> Sparse(long size, string begin, Func<int, string> line) => path =>
    {
        using FileStream file = File.Create(path);
        using (StreamWriter text = new(file, leaveOpen: true))
        {
            text.Write(begin);
            for (int i = 0; i < 3_000_000; i++)
            {
                text.Write(line(i));
            }
        }

        file.SetLength(size);
    };

    private static void Tunnels(string path, int count) => File.WriteAllLines(path, Enumerable.Range(0, count).Select(static i =>
        $"{i + 1}: vx{i}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN\n"
        + $"    vxlan id {i} local 10.0.0.1 dev vx{i / 2} srcport 0 0 dstport 8472 nolearning udpcsum"));

    private static Action<string> Evidence(Action<string> make) => path =>
    {
        Directory.CreateDirectory(path);
        make(Path.Combine(path, "evidence.json"));
    };

    /// <summary>A node's evidence, and in place of its rules many, and a hole up to a size.</summary>
    private static Action<string> Saved(long size) => path =>
    {
        Directory.CreateDirectory(path);
        foreach (string file in Directory.EnumerateFiles(Repository.Data("diagnoses", "fault")))
        {
            File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
        }

        using FileStream rules = File.Create(Path.Combine(path, "rules-3-iptables-nft-save.txt"));
        using (StreamWriter text = new(rules, leaveOpen: true))
        {
            text.Write("*nat\n:POSTROUTING ACCEPT [0:0]\n:KUBE-SVC-A - [0:0]\n");
            for (int i = 0; i < 700_000; i++)
            {
                text.Write($"-A KUBE-SVC-A -s 10.{(i >> 16) & 255}.{(i >> 8) & 255}.{i & 255}/32 -m comment --comment \"ns/svc-{i}\" -j RETURN\n");
            }

            text.Write("COMMIT\n");
        }

        rules.SetLength(Math.Max(size, rules.Length));
    };

    private static void Rules(string path)
    {
        using StreamWriter text = new(path);
        text.Write("*nat\n:POSTROUTING ACCEPT [0:0]\n:KUBE-POSTROUTING - [0:0]\n:KUBE-SVC-A - [0:0]\n-A POSTROUTING -j KUBE-POSTROUTING\n");
        for (int i = 0; i < 200_000; i++)
        {
            text.Write($"-A KUBE-SVC-A -s 10.{(i >> 16) & 255}.{(i >> 8) & 255}.{i & 255}/32 -m comment --comment \"ns/svc-{i}\" -j RETURN\n");
        }

        text.Write("COMMIT\n");
    }

    /// <summary>VXLAN with a wrong outer checksum around nothing known, from a sender each.</summary>
    private static void Directions(string path)
    {
        const int Length = 64;
        using BufferedStream file = new(File.Create(path), 1 << 20);
        file.Write(Header);
        byte[] record = new byte[16 + Length];
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(8), Length);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(12), Length);
        Span<byte> frame = record.AsSpan(16);
        frame[12] = 8;
        byte[] ip = [0x45, 0, 0, 50, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 0, 10, 255, 0, 1];
        ip.CopyTo(frame[14..]);
        byte[] udp = [0x9c, 0x40, 0x12, 0xb5, 0, 30, 0x12, 0x34, 8, 0, 0, 0, 0, 0, 1, 0];
        udp.CopyTo(frame[34..]);
        for (int i = 0; i < 200_000; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(frame[26..], 0x0a000000 + i);
            file.Write(record);
        }
    }
}
