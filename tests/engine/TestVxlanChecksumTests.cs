using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

public sealed class TestVxlanChecksumTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    private static readonly string s_fault = Capture("udpcsum-on-random"), s_healthy = Capture("udpcsum-on-none");

    [Fact]
    public void TheFaultIsNamedWithAnImpliedPortForEachBadPacket()
    {
        SessionResult result = engine.Run("param($p) Test-VxlanChecksum $p", s_fault);
        Assert.Equal(["NatLocalChecksum", "None"], Text(result.Property("Cause")));
        Assert.Equal([7L, 0L], result.Property("BadPackets"));
        Assert.Equal("VxlanCsum.VxlanChecksumResult", result.Values[0].GetType().FullName);
        Assert.Equal(
            ["12 51084", "13 37696", "15 47728", "16 41695", "17 33767", "18 58084", "19 43315"],
            engine.Run("param($p) (Test-VxlanChecksum $p)[0].Evidence | Where-Object Kind -eq ImpliedPort | "
                + "ForEach-Object { '{0} {1}' -f $_.FrameNumber, $_.ImpliedPort }", s_fault).Values);
    }

    [Fact]
    public void TheOriginalAddressIsComparableWithAString() =>
        Assert.Equal(true,
            engine.Run("param($p) (Test-VxlanChecksum $p)[0].ImpliedOriginalAddress -eq '10.0.10.14'",
                Capture("udpcsum-on-addr")).Values.Single());

    [Theory]
    [InlineData("udpcsum-on-random", "NatLocalChecksum None", "Unknown Unknown")]
    [InlineData("udpcsum-on-addr", "NatLocalChecksum None None", "Unknown Unknown Unknown")]
    [InlineData("udpcsum-on-none", "None None", "Unknown Unknown")]
    [InlineData("kube-old-random", "NatLocalChecksum None", "Unknown Unknown")]
    [InlineData("kube-fix-mangle-unmark", "None None", "Unknown Unknown")]
    [InlineData("sender-udpcsum-uplink", "LcoPending LcoPending", "Sender Sender")]
    [InlineData("sender-udpcsum-vxlan-dev", "OffloadPending OffloadPending", "Sender Sender")]
    [InlineData("b-ipv6", "NatLocalChecksum None", "Unknown Unknown")]
    [InlineData("b-sender", "NatLocalChecksum LcoPending", "Sender Sender")]
    [InlineData("snat-truncated", "NotVerifiable NotVerifiable", "Unknown Unknown")]
    [InlineData("gro-receiver", "OffloadPending None", "Receiver Unknown")]
    public void EachRecordingHasItsCauseByPathAndByPipeline(string name, string causes, string vantages)
    {
        foreach (string script in new[] { "param($p) Test-VxlanChecksum -Path $p",
            "param($p) Read-PcapChecksum $p | Test-VxlanChecksum", "param($p) $p | Test-VxlanChecksum" })
        {
            SessionResult result = engine.Run(script, Capture(name));
            Assert.Equal(causes, string.Join(' ', result.Property("Cause")));
            Assert.Equal(vantages, string.Join(' ', result.Property("Vantage")));
            Assert.All(result.Property("Path"), p => Assert.Equal(Capture(name), p));
        }
    }

    [Fact]
    public void EachCaptureHasItsOwnResultsUnlessMerged()
    {
        string script =
            "param($a, $b) Test-VxlanChecksum $a, $b {0} | ForEach-Object {{ \"$($_.OuterSource) $($_.Packets) "
            + "$($_.BadPackets) $($_.Sources.Count)\" }}";
        Assert.Equal(
            ["10.0.10.14 14 7 1", "10.0.10.10 7 0 1", "10.0.10.10 11 0 1", "10.0.10.14 19 0 1"],
            engine.Run(string.Format(null, script, ""), s_fault, s_healthy).Values);
        Assert.Equal(
            ["10.0.10.14 33 7 2", "10.0.10.10 18 0 2"],
            engine.Run(string.Format(null, script, "-Merge"), s_fault, s_healthy).Values);
        // The evidence still says which capture a frame is of.
        Assert.Equal(
            [s_fault],
            engine.Run("param($a, $b) (Test-VxlanChecksum $a, $b -Merge)[0].Evidence | Where-Object Kind -eq "
                + "ImpliedPort | ForEach-Object Path | ForEach-Object { $seen = @{} } { $seen[$_] = 1 } { $seen.Keys }",
                s_fault, s_healthy).Values);
    }

    [Theory]
    [InlineData("udpcsum-on-random", false)]
    [InlineData("udpcsum-on-none", true)]
    [InlineData("sender-udpcsum-uplink", true)]
    [InlineData("gro-receiver", true)]
    [InlineData("snat-truncated", false)]
    public void QuietSaysWhetherAllIsWell(string name, bool well)
    {
        Assert.Equal([well], engine.Run("param($p) Test-VxlanChecksum $p -Quiet", Capture(name)).Values);
        Assert.Equal([well],
            engine.Run("param($p) Read-PcapChecksum $p | Test-VxlanChecksum -Quiet", Capture(name)).Values);
    }

    /// <summary>What the snapshot length cut off is not known to be well.</summary>
    [Fact]
    public void QuietIsNeverTrueOfACaptureThatWasCut()
    {
        string cut = Path.Combine(Path.GetTempPath(), $"vxlancsum-cut-{Guid.NewGuid():n}.pcap");
        try
        {
            byte[] capture = File.ReadAllBytes(s_healthy);
            using (FileStream target = File.Create(cut))
            {
                target.Write(capture, 0, 24);
                for (int at = 24; at < capture.Length;)
                {
                    int length = BitConverter.ToInt32(capture, at + 8), kept = Math.Min(length, 80);
                    target.Write(capture, at, 8);
                    target.Write(BitConverter.GetBytes(kept));
                    target.Write(capture, at + 12, 4 + kept);
                    at += 16 + length;
                }
            }

            Assert.Equal([true, false], engine.Run(
                "param($a, $b) Test-VxlanChecksum $a -Quiet; Test-VxlanChecksum $b -Quiet", s_healthy, cut).Values);
        }
        finally
        {
            File.Delete(cut);
        }
    }

    [Fact]
    public void WhereNothingHasAnIPHeaderThatIsSaid()
    {
        string arp = Path.Combine(Path.GetTempPath(), $"vxlancsum-arp-{Guid.NewGuid():n}.pcap");
        try
        {
            byte[] frame = new byte[42];
            (frame[12], frame[13]) = (0x08, 0x06);
            File.WriteAllBytes(arp, [.. File.ReadAllBytes(s_healthy)[..24], .. new byte[8],
                .. BitConverter.GetBytes(42), .. BitConverter.GetBytes(42), .. frame]);
            SessionResult result = engine.Run("param($p) Test-VxlanChecksum $p", arp);
            Assert.Empty(result.Values);
            Assert.Contains("nothing to test", Assert.Single(result.Warnings).ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(arp);
        }
    }

    [Fact]
    public void QuietIsOneAnswerForAllCapturesAndNeverTrueForWhatWasNotRead()
    {
        Assert.Equal([true], engine.Run("param($a) Test-VxlanChecksum $a, $a -Quiet", s_healthy).Values);
        Assert.Equal([false], engine.Run("param($a, $b) Test-VxlanChecksum $a, $b -Quiet", s_healthy, s_fault).Values);
        Assert.Equal([false], engine.Run("@() | Test-VxlanChecksum -Quiet").Values);
        foreach (string missing in new[] { "/no/such.pcap", Repository.Manifest })
        {
            SessionResult result = engine.Run("param($a, $b) Test-VxlanChecksum $a, $b -Quiet", s_healthy, missing);
            Assert.Single(result.ErrorIds);
            Assert.Equal([false], result.Output.Select(o => o.BaseObject));
        }
    }

    [Fact]
    public void WhatWasReadBeforeTheDamageIsStillWeighed()
    {
        string cut = Path.Combine(Directory.CreateTempSubdirectory("vxlancsum").FullName, "cut.pcap");
        try
        {
            byte[] capture = File.ReadAllBytes(s_fault);
            File.WriteAllBytes(cut, capture[..^7]);
            SessionResult result = engine.Run("param($p, $q) Test-VxlanChecksum $p, $q", cut, s_healthy);
            Assert.Equal(["CaptureTruncated"], result.ErrorIds);
            Assert.Equal(["NatLocalChecksum", "None", "None", "None"],
                Text([.. result.Output.Select(o => o.Properties["Cause"].Value)]));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(cut)!, recursive: true);
        }
    }

    [Fact]
    public void FilterAndTunnelPortSelectWhatIsWeighed()
    {
        Assert.Equal(
            ["10.0.10.14"],
            engine.Run("param($p) Test-VxlanChecksum $p -Filter 'src host 10.0.10.14'", s_fault)
                .Property("OuterSource"));
        // Port 4789 taken for plain UDP: no tunnel, and the outer checksums of two hosts.
        Assert.Equal(["None", "None"],
            Text(engine.Run("param($p) Test-VxlanChecksum $p -TunnelPort 8472", s_fault).Property("TunnelType")));
    }

    [Fact]
    public void ParametersBringInWhatTheCaptureDoesNotHold()
    {
        Assert.Equal(
            "Receiver",
            engine.Run("param($p) (Test-VxlanChecksum $p -LocalAddress 10.0.10.10).Where({ $_.OuterSource -eq "
                + "'10.0.10.14' }).Vantage", s_fault).OnlyOutput.ToString());
        // Ports below 1024 alone are the tunnel's: then no implied port of this capture is plausible.
        Assert.Equal(
            true,
            engine.Run("param($p) $r = (Test-VxlanChecksum $p -SourcePortRange 1, 1023)[0]; $r.Cause -ne "
                + "'NatLocalChecksum' -or $r.Confidence -lt 0.8", s_fault).OnlyOutput.BaseObject);
    }

    [Theory]
    [InlineData("32768, 60999")]
    [InlineData("'32768-60999'")]
    [InlineData("'32768 60999'")]
    [InlineData("([VxlanCsum.PortRange]::new(32768, 60999))")]
    public void APortRangeIsTakenInEveryUsualForm(string range) =>
        Assert.Equal(["NatLocalChecksum", "None"],
            Text(engine.Run($"param($p) Test-VxlanChecksum $p -SourcePortRange {range}", s_fault).Property("Cause")));

    [Theory]
    [InlineData("60999, 32768")]
    [InlineData("1, 2, 3")]
    [InlineData("0, 100")]
    [InlineData("1, 65536")]
    [InlineData("'many'")]
    [InlineData("7")]
    public void WhatIsNoPortRangeIsRefused(string range)
    {
        SessionResult result = engine.Run($"param($p) Test-VxlanChecksum $p -SourcePortRange {range}", s_fault);
        Assert.Equal(["ParameterArgumentTransformationError"], result.ErrorIds);
        Assert.Contains("is no port range", result.Errors[0].Exception.Message, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void FilesOfGetChildItemAndPacketsBind()
    {
        SessionResult result = engine.Run(
            "param($p) [IO.FileInfo]::new($p) | ForEach-Object { [pscustomobject]@{ PSPath = $_.FullName } } | "
            + "Test-VxlanChecksum", s_fault);
        Assert.Equal(["NatLocalChecksum", "None"], Text(result.Property("Cause")));
        result = engine.Run("param($p) $packets = Read-PcapChecksum $p; Test-VxlanChecksum -InputObject $packets[11]",
            s_fault);
        Assert.Equal(["NatLocalChecksum"], Text(result.Property("Cause")));
    }

    /// <summary>The same packets as tcpdump printed them lead to the same results: no byte of them is needed.</summary>
    [Theory]
    [InlineData("udpcsum-on-random", "udpcsum-on-random.vv")]
    [InlineData("udpcsum-on-addr", "udpcsum-on-addr.vv-e")]
    [InlineData("b-ipv6", "b-ipv6.vv-ttt")]
    [InlineData("b-ipv6-addr", "b-ipv6-addr.vv-e-ttttt")]
    [InlineData("b-sender", "b-sender.vv-S")]
    [InlineData("kube-old-random", "kube-old-random.vv-e-tttt")]
    [InlineData("kube-fix-mangle-unmark", "kube-fix-mangle-unmark.vv-t-e")]
    [InlineData("sender-udpcsum-uplink", "sender-udpcsum-uplink.vv-tt")]
    public void TextLeadsToTheSameResultsAsItsCapture(string capture, string text)
    {
        const string Words =
            " | ForEach-Object { '{0} {1:0.0} {2} {3} {4} {5} {6}' -f $_, $_.Confidence, $_.BadPackets, $_.Packets, "
            + "$_.Vantage, $_.ImpliedOriginalAddress, ($_.ImpliedOriginalPort -join ' ') }";
        Assert.Equal(
            engine.Run("param($p) Test-VxlanChecksum $p" + Words, Capture(capture)).Values,
            engine.Run("param($p) ConvertFrom-TcpdumpText -LiteralPath $p | Test-VxlanChecksum" + Words,
                Repository.Data("tcpdump", text + ".txt")).Values);
    }

    /// <summary>0x6458 + 0x8434 = 0xe88c is the source-address sum that both fields imply. What the users' own fault
    /// description shows is innocent, though tcpdump calls it bad and incorrect.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("-SourceAddress 100.88.132.52")]
    public void TheSeedDocumentsPacketsArePendingNeverCorrupted(string known)
    {
        const string options = "options [mss 65495,sackOK,TS val 4278819391 ecr 0,nop,wscale 7]";
        SessionResult result = engine.Run($$"""
            @'
                master02.xc.test..28565 > 100.78.115.61.domain: [bad udp cksum 0xc067 -> 0xf612!] 6039+ A? kubernetes.default.svc.cluster.local. (54)
            17:44:04.516502 IP (tos 0x0, ttl 63, id 57450, offset 0, flags [none], proto UDP (17), length 82)
                master02.xc.test..28565 > 100.78.115.61.domain: [bad udp cksum 0xc067 -> 0xf612!] 6039+ A? kubernetes.default.svc.cluster.local. (54)
            17:46:04.529606 IP (tos 0x0, ttl 63, id 26799, offset 0, flags [DF], proto TCP (6), length 60)
                master02.xc.test..40627 > 100.95.31.182.domain: Flags [S], cksum 0x6cd0 (incorrect -> 0xbd48), seq 1268752456, win 65495, {{options}}, length 0
            '@ | ConvertFrom-TcpdumpText {{known}} -WarningAction SilentlyContinue | Test-VxlanChecksum
            """);
        Assert.Equal(["OffloadPending"], Text(result.Property("Cause")));
        Assert.Equal(["Sender"], Text(result.Property("Vantage")));
        Assert.Equal([0L], result.Property("BadPackets"));
        Assert.Contains("unfinished, not wrong", $"{result.Property("Explanation").Single()}",
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheTableShowsCauseCountsDirectionAndPortsInEightyColumns()
    {
        ShellResult shown = await ShellProcess.RunAsync("-NoLogo", "-Command", $"Test-VxlanChecksum '{s_fault}'");
        Assert.Equal((0, ""), (shown.ExitCode, shown.Errors));
        Assert.Contains(shown.Lines,
            l => l.StartsWith("NatLocalChecksum", StringComparison.Ordinal)
                && l.Contains("99.27 %", StringComparison.Ordinal)
            && l.Contains("7/14", StringComparison.Ordinal)
            && l.Contains("10.0.10.14 -> 10.0.10.10", StringComparison.Ordinal));
        Assert.All(new[] { "51084", "37696", "47728", "41695", "33767", "58084", "43315" },
            port => Assert.Contains(port, shown.Output, StringComparison.Ordinal));
        Assert.All(shown.Lines.Where(l => !l.Contains("Path:", StringComparison.Ordinal)),
            l => Assert.True(l.TrimEnd().Length <= 80, l));
        Assert.DoesNotContain('\u001b', shown.Output);
    }

    [Fact]
    public void EveryResultNamesItselfInOneLine() =>
        Assert.Equal(
            ["Vxlan 10.0.10.14 -> 10.0.10.10: NatLocalChecksum", "Vxlan 10.0.10.10 -> 10.0.10.14: None"],
            engine.Run("param($p) Test-VxlanChecksum $p | ForEach-Object { \"$_\" }", s_fault).Values);

    [Fact]
    public void TheConnectionTableConfirmsAndRefutesPorts()
    {
        string[] table =
        [
            "udp 17 29 src=10.0.10.14 dst=10.0.10.10 sport=51084 dport=8472 [UNREPLIED] "
                + "src=10.0.10.10 dst=10.0.10.14 sport=8472 dport=22208",
            "udp 17 29 src=10.0.10.14 dst=10.0.10.10 sport=40000 dport=8472 [UNREPLIED] "
                + "src=10.0.10.10 dst=10.0.10.14 sport=8472 dport=52605",
        ];
        SessionResult result = engine.Run("param($p, $t) Test-VxlanChecksum $p -NatBinding ($t | Get-VxlanNatBinding)",
            s_fault, table);
        Assert.Empty(result.Errors);
        Assert.Equal("NatLocalChecksum", $"{result.Property("Cause")[0]}");
        Assert.EndsWith("confirms 1 of the 2 original ports that it can be asked for.",
            $"{result.Property("Explanation")[0]}", StringComparison.Ordinal);
        Assert.Equal(
            [
                "the connection table has 2 of 7 bindings: it confirms the original port of 1 and refutes that of 1; "
                    + "by chance it confirms one in 65535",
                "the connection table confirms source port 51084: what leaves with port 22208 was "
                    + "10.0.10.14:51084 before NAT",
                "the connection table refutes source port 37696: what leaves with port 52605 was "
                    + "10.0.10.14:40000 before NAT",
            ],
            engine.Run("param($p, $t) (Test-VxlanChecksum $p -NatBinding ($t | Get-VxlanNatBinding))[0].Evidence | "
                + "Where-Object Kind -EQ NatBinding | ForEach-Object Text", s_fault, table).Values);
    }

    private static string Capture(string name) => Repository.Data("captures", name + ".pcap");

    private static IEnumerable<string> Text(IEnumerable<object?> values) => values.Select(v => $"{v}");

    [Fact]
    public void AllThreadsComeToWhatOneComesTo()
    {
        byte[] sample = File.ReadAllBytes(Capture("udpcsum-on-addr"));
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream file = File.Create(path))
            {
                file.Write(sample.AsSpan(0, 24));
                while (file.Length < 20 << 20)
                {
                    file.Write(sample.AsSpan(24));
                }
            }

            // The report says when it was made, before the first of its items.
            string[] results = [.. new[] { 1, 3 }.Select(threads => string.Concat(engine.Run(
                "param($p, $n) Test-VxlanChecksum -LiteralPath $p -ThrottleLimit $n | "
                + "ConvertTo-ChecksumReport -Format Json", path, threads).Values)).Select(static json =>
                    json[json.IndexOf("\"origin\"", StringComparison.Ordinal)..])];
            Assert.Equal(results[0], results[1]);
            Assert.Contains("NatLocalChecksum", results[0], StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
