using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

public sealed class ConvertFromTcpdumpTextTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    /// <summary>The two captures that the fault's description shows.</summary>
    private static readonly string[] _seedDocument =
    [
        "17:44:04.516502 IP (tos 0x0, ttl 63, id 57450, offset 0, flags [none], proto UDP (17), length 82)",
        "    master02.xc.test..28565 > 100.78.115.61.domain: [bad udp cksum 0xc067 -> 0xf612!] 6039+ A? "
        + "kubernetes.default.svc.cluster.local. (54)",
        "17:46:04.529606 IP (tos 0x0, ttl 63, id 26799, offset 0, flags [DF], proto TCP (6), length 60)",
        "    master02.xc.test..40627 > 100.95.31.182.domain: Flags [S], cksum 0x6cd0 (incorrect -> 0xbd48), seq "
        + "1268752456, win 65495, options [mss 65495,sackOK,TS val 4278819391 ecr 0,nop,wscale 7], length 0",
    ];

    [Fact]
    public void Lines_from_the_pipeline_become_packets()
    {
        SessionResult result = engine.Session.RunWithInput("$input | ConvertFrom-TcpdumpText", _seedDocument);
        Assert.Equal(["OffloadPending", "OffloadPending"], result.Property("Cause").Select(c => c!.ToString()));
        Assert.Equal(["Partial", "Partial"], result.Property("Status").Select(c => c!.ToString()));
        Assert.Equal(["text", "text"], result.Property("Path"));
        Assert.Equal([1L, 2L], result.Property("FrameNumber"));
        Assert.Empty(result.Warnings);
    }

    [Theory]
    [InlineData("ConvertFrom-TcpdumpText -InputObject $args[0]")]
    [InlineData("ConvertFrom-TcpdumpText $args[0]")]
    [InlineData("$args[0] -join [char]10 | ConvertFrom-TcpdumpText")]
    [InlineData("ConvertFrom-TcpdumpText ($args[0] -join [char]10)")]
    [InlineData("$args[0] | ForEach-Object { $_ + [char]13 + [char]10 } | ConvertFrom-TcpdumpText")]
    public void Text_is_taken_as_an_array_and_as_one_string(string script) =>
        Assert.Equal(["OffloadPending", "OffloadPending"],
            engine.Run(script, [_seedDocument]).Property("Cause").Select(c => c!.ToString()));

    [Fact]
    public void One_capture_of_the_seed_document_needs_the_source_address_and_is_proven_by_it()
    {
        string text = string.Join('\n', _seedDocument[2..]);
        Assert.Equal("NotVerifiable",
            engine.Run("ConvertFrom-TcpdumpText $args[0]", text).Property("Cause").Single()!.ToString());
        Assert.Equal("OffloadPending",
            engine.Run("ConvertFrom-TcpdumpText $args[0] -SourceAddress 100.95.132.45", text).Property("Cause")
                .Single()!.ToString());
        Assert.Equal("NotVerifiable",
            engine.Run("ConvertFrom-TcpdumpText $args[0] -SourceAddress 10.0.0.1, fd00::1", text).Property("Cause")
                .Single()!.ToString());
        Assert.Equal("OffloadPending",
            engine.Run("ConvertFrom-TcpdumpText $args[0] -HostAddress @{ 'master02.xc.test' = '10.0.0.1', "
                + "'100.95.132.45' }", text).Property("Cause").Single()!.ToString());
        Assert.Equal("Corrupted",
            engine.Run("ConvertFrom-TcpdumpText $args[0] -HostAddress @{ 'master02.xc.test' = '10.0.0.1' }", text)
                .Property("Cause").Single()!.ToString());
    }

    [Fact]
    public void Files_are_read_by_path_wildcard_and_from_the_pipeline_and_packets_name_them()
    {
        string file = Repository.Data("tcpdump", "udpcsum-on-random.vv.txt");
        string quoted = Repository.Data("tcpdump", "udpcsum-on-random.quoted.txt");
        Assert.Equal([file], engine.Run("ConvertFrom-TcpdumpText -Path $args[0]", file).Property("Path").Distinct());
        Assert.Equal([file],
            engine.Run("ConvertFrom-TcpdumpText -LiteralPath $args[0]", file).Property("Path").Distinct());
        SessionResult result = engine.Run("ConvertFrom-TcpdumpText -Path $args[0]",
            Repository.Data("tcpdump", "udpcsum-on-random.[qv]*.txt"));
        Assert.Equal([quoted, Repository.Data("tcpdump", "udpcsum-on-random.v.txt"), file],
            result.Property("Path").Distinct().Order());
        Assert.Equal([file],
            engine.Run("[pscustomobject]@{ PSPath = $args[0] } | ConvertFrom-TcpdumpText", file).Property("Path")
                .Distinct());
    }

    [Theory]
    [InlineData("udpcsum-on-random", "udpcsum-on-random.vv.txt")]
    [InlineData("udpcsum-on-addr", "udpcsum-on-addr.vv-e.txt")]
    [InlineData("sender-udpcsum-uplink", "sender-udpcsum-uplink.wrapped80.txt")]
    public void Text_says_what_the_capture_says(string capture, string text)
    {
        const string Script =
            "$input | Where-Object { $_.Status -ne 'Unverified' } | ForEach-Object { '{0} {1} {2} {3} {4}' -f "
            + "$_.FrameNumber, $_.Status, $_.Cause, $_.OuterSource, $_.Source }";
        SessionResult read = engine.Run($"ConvertFrom-TcpdumpText -Path $args[0] | & {{ {Script} }}",
            Repository.Data("tcpdump", text));
        SessionResult walked = engine.Run($"Read-PcapChecksum $args[0] | & {{ {Script} }}",
            Repository.Data("captures", capture + ".pcap"));
        Assert.Subset(walked.Values.ToHashSet(), read.Values.ToHashSet());
        Assert.True(read.Values.Count >= walked.Values.Count - 5, $"{read.Values.Count} of {walked.Values.Count}");
    }

    [Fact]
    public void Its_packets_are_what_Test_VxlanChecksum_takes()
    {
        SessionResult result = engine.Run("ConvertFrom-TcpdumpText -Path $args[0] | Test-VxlanChecksum",
            Repository.Data("tcpdump", "udpcsum-on-random.vv.txt"));
        Assert.Contains("NatLocalChecksum", result.Property("Cause").Select(c => c!.ToString()));
        result = engine.Session.RunWithInput("$input | ConvertFrom-TcpdumpText | Test-VxlanChecksum", _seedDocument);
        Assert.Equal(["OffloadPending"], result.Property("Cause").Select(c => c!.ToString()).Distinct());
    }

    [Fact]
    public void The_outer_line_alone_tells_the_original_port_and_nothing_of_the_inside()
    {
        // calico#4865, as it was pasted.
        SessionResult result = engine.Session.RunWithInput("$input | ConvertFrom-TcpdumpText | Test-VxlanChecksum",
            (string[])[
                "06:29:06:4b:55:9a > 06:47:af:1e:bf:ca, ethertype IPv4 (0x0800), length 143: (tos 0x0, ttl 64, id "
                + "16380, offset 0, flags [none], proto UDP (17), length 129)",
                "    10.0.10.14.7103 > 10.0.10.10.4789: [bad udp cksum 0xbd67 -> 0x4e7f!] VXLAN, flags [I] (0x08), "
                + "vni 4096",
            ]);
        Assert.Equal("NatLocalChecksum", result.Property("Cause").Single()!.ToString());
        Assert.Equal([44246], (IEnumerable<int>)result.Property("ImpliedOriginalPort").Single()!);
        Assert.DoesNotContain("inside is intact", (string)result.Property("Explanation").Single()!,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_read_is_a_warning_with_its_line_number_and_the_rest_is_read()
    {
        string file = Repository.Data("tcpdump", "pasted.md");
        SessionResult result = engine.Run("ConvertFrom-TcpdumpText -Path $args[0]", file);
        Assert.Equal(4, result.Succeeded().Output.Count);
        Assert.Equal(5, result.Warnings.Count);
        Assert.StartsWith($"{file}: line 3: ", result.Warnings[0], StringComparison.Ordinal);
        Assert.Contains(result.Warnings,
            warning => warning.Contains("line 15: an IP header stands without its addresses",
                StringComparison.Ordinal));
        result = engine.Session.RunWithInput("$input | ConvertFrom-TcpdumpText",
            (string[])["prose", .. _seedDocument, "", "\u001b[31mred\u0007", "more"]);
        Assert.Equal(["line 1: no tcpdump output: prose", "lines 7 to 8: no tcpdump output: red\\x07"],
            result.Warnings);
    }

    [Fact]
    public void The_reader_stops_when_nothing_more_is_wanted()
    {
        // An endless source: only a pipeline that stops ends.
        SessionResult result = engine.Run("""
            param($lines)
            :enough do { & { while ($true) { $lines } } | ConvertFrom-TcpdumpText | ForEach-Object { $_.Source; break enough } } while ($false)
            """, [_seedDocument]);
        Assert.Equal(["master02.xc.test.:28565"], result.Values);
    }

    [Fact]
    public void Empty_text_is_no_packet_and_no_error()
    {
        Assert.Empty(engine.Run("'', $null, @() | ConvertFrom-TcpdumpText").Values);
        Assert.Empty(engine.Run("ConvertFrom-TcpdumpText -InputObject ''").Values);
    }

    [Fact]
    public void A_missing_file_a_folder_and_a_capture_are_errors_and_the_next_file_is_read()
    {
        string good = Repository.Data("tcpdump", "udpcsum-on-random.vv.txt");
        SessionResult result = engine.Run(
            "ConvertFrom-TcpdumpText -Path $args", Repository.Data("tcpdump", "none.txt"), Repository.Data("tcpdump"),
            Repository.Data("captures", "udpcsum-on-random.pcap"), good);
        Assert.Equal(["TcpdumpTextIsCapture", "TextFileNotFound", "TextFileUnreadable"], result.ErrorIds.Order());
        Assert.Equal([good], result.Output.Select(packet => packet.Properties["Path"].Value).Distinct());
    }

    [Fact]
    public void A_host_address_that_is_none_ends_the_command() =>
        Assert.Equal("TcpdumpTextBadHostAddress",
            engine.Run("ConvertFrom-TcpdumpText '' -HostAddress @{ node = 'elsewhere' }").ErrorIds.Single());

    [Fact]
    public void Utf16_as_Windows_PowerShell_writes_it_is_read()
    {
        string file = Path.Combine(Path.GetTempPath(), $"vxlancsum-{Guid.NewGuid():N}.txt");
        try
        {
            File.WriteAllLines(file, _seedDocument, System.Text.Encoding.Unicode);
            Assert.Equal(2, engine.Run("ConvertFrom-TcpdumpText -LiteralPath $args[0]", file).Values.Count);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Text_on_standard_input_is_read_by_the_shell()
    {
        ShellResult result = await ShellProcess.RunAsync(
            ["-NoLogo", "-NonInteractive", "-Command",
                "ConvertFrom-TcpdumpText -Path - | ForEach-Object { $_.Cause.ToString() }"],
                string.Join('\n', _seedDocument));
        Assert.Equal(["OffloadPending", "OffloadPending"], result.Lines);
    }
}
