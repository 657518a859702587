using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

/// <summary>The published vectors, and those of the recorded captures, by cmdlet.</summary>
public sealed class ResolveNatChecksumTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData("10.0.0.11", "10.0.0.11", 0xffff)]
    [InlineData("10.244.1.0", "192.168.56.10", 0xecbe)]
    [InlineData("10.244.90.192", "10.0.0.5", 0xa450)]
    [InlineData("fd00::14", "fd00::14", 0xffff)]
    [InlineData("fd00::14", "fd00::4d", 0x0039)]
    public void Defect_A_makes_a_constant_of_the_two_addresses(string old, string now, int expected)
    {
        SessionResult result = engine.Run(
            "param($old, $new) 1024, 65535 | ForEach-Object { Resolve-NatChecksum -Checksum 0 -State Partial -Kernel "
            + "BeforeFix -OldAddress $old -NewAddress $new -OldPort 44246 -NewPort $_ }",
            old,
            now);
        Assert.Equal([(ushort)expected, (ushort)expected], result.Property("Result"));
        Assert.Equal(["NatZeroChecksum", "NatZeroChecksum"], result.Property("Cause").Select(c => c!.ToString()));
        Assert.Equal([(ushort)0, (ushort)0], result.Property("Right"));
    }

    [Fact]
    public void The_fix_leaves_no_checksum_alone()
    {
        SessionResult result = engine.Run(
            "Resolve-NatChecksum 0 Partial -Kernel AfterFix -OldAddress 10.244.1.0 -NewAddress 192.168.56.10");
        Assert.Equal((ushort)0, result.Property("Result").Single());
        Assert.Equal("None", result.Property("Cause").Single()!.ToString());
        Assert.Equal(true, result.Property("IsRight").Single());
    }

    [Fact]
    public void Defect_B_is_in_both_kernels_and_its_steps_say_where()
    {
        foreach (string kernel in new[] { "BeforeFix", "AfterFix" })
        {
            // calico#4865, forwards: the outer checksum was right for port 44246, and goes out so from port 7103.
            SessionResult result = engine.Run(
                "param($kernel) Resolve-NatChecksum 0xbd67 Partial -Kernel $kernel -OldAddress 10.0.10.14 -OldPort "
                + "44246 -NewPort 7103", kernel);
            Assert.Equal((ushort)0xbd67, result.Property("Result").Single());
            Assert.Equal((ushort)0x4e7f, result.Property("Right").Single());
            Assert.Equal("NatLocalChecksum", result.Property("Cause").Single()!.ToString());
            SessionResult steps = engine.Run("param($result) $result.Steps | ForEach-Object { $_.Note }",
                result.OnlyOutput);
            Assert.Contains(steps.Output,
                note => note is not null
                    && note.ToString()!.Contains("stays right for the old port", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("None")]
    [InlineData("Complete")]
    public void Without_partial_the_checksum_stays_right(string state)
    {
        SessionResult result = engine.Run(
            "param($state) Resolve-NatChecksum -Checksum 0xbd67 -IpSummed $state -OldAddress 10.0.10.14 -OldPort "
            + "44246 -NewPort 7103", state);
        Assert.Equal((ushort)0x4e7f, result.Property("Result").Single());
        Assert.Equal(true, result.Property("IsRight").Single());
    }

    [Theory]
    [InlineData("Tcp", "")]
    [InlineData("Udp", "-OwnSeed")]
    public void A_seed_of_the_header_itself_is_updated_rightly(string protocol, string ownSeed)
    {
        SessionResult result = engine.Run($$"""
            $before = Resolve-NatChecksum -SourceAddress 10.244.1.1 -DestinationAddress 10.244.2.1 -Length 40 -Protocol {{protocol}}
            $after = Resolve-NatChecksum -SourceAddress 10.0.10.14 -DestinationAddress 10.244.2.1 -Length 40 -Protocol {{protocol}}
            $nat = Resolve-NatChecksum $before.Result Partial -Protocol {{protocol}} {{ownSeed}} `
                -OldAddress 10.244.1.1 -NewAddress 10.0.10.14 -OldPort 1 -NewPort 2
            $nat.Result -eq $after.Result
            $nat.Cause.ToString()
            """);
        Assert.Equal([true, "OffloadPending"], result.Values);
    }

    /// <summary>The address kept: calico#4865 (and rke2#1541), and the receiver's capture
    /// udpcsum-on-random.pcap.</summary>
    [Theory]
    [InlineData("0xbd67", "0x4e7f", 7103, 44246)]
    [InlineData("0xf539", "0x6606", 22208, 51084)]
    [InlineData("0x2985", "0xef47", 52605, 37696)]
    public void The_original_port_of_a_kept_address(string found, string expected, int port, int original)
    {
        SessionResult result = engine.Run(
            "param($found, $expected, $port) Resolve-NatChecksum -Found $found -Expected $expected -NewPort $port",
            found, expected, port);
        Assert.Equal(original, result.Property("ImpliedOriginalPort").Single());
        Assert.Equal(true, result.Property("IsPlausiblePort").Single());
        Assert.Equal("NatLocalChecksum", result.Property("Cause").Single()!.ToString());
    }

    /// <summary>The receiver's capture udpcsum-on-addr.pcap: 10.0.10.14 became 10.0.10.77; its retransmission gives the
    /// same port.</summary>
    [Theory]
    [InlineData("0x10e5", "0x4f2d", 43444)]
    [InlineData("0x5686", "0xa602", 21214)]
    [InlineData("0x65f3", "0xfb72", 64876)]
    [InlineData("0x4daa", "0x1a2e", 57008)]
    [InlineData("0x4285", "0xb173", 18283)]
    [InlineData("0x62d6", "0xf34e", 1424)]
    [InlineData("0x3dea", "0xad24", 19386)]
    public void The_original_port_of_a_changed_address(string found, string expected, int port)
    {
        SessionResult result = engine.Run("""
            param($found, $expected, $port)
            $inverse = Resolve-NatChecksum -Found $found -Expected $expected -NewPort $port -OldAddress 10.0.10.14 -NewAddress 10.0.10.77
            $inverse
            Resolve-NatChecksum $inverse.ImpliedLocalChecksum Partial -OldAddress 10.0.10.14 -NewAddress 10.0.10.77 `
                -OldPort $inverse.ImpliedOriginalPort -NewPort $port
            """, found, expected, port);
        Assert.Equal(true, result.Property("IsPlausiblePort")[0]);
        Assert.Equal([Convert.ToUInt16(found, 16), Convert.ToUInt16(expected, 16)],
            [result.Property("Checksum")[0], result.Property("Right")[0]]);

        // Forwards again: NAT of what was there before makes what was found, and the right value is the expected one.
        Assert.Equal([Convert.ToUInt16(found, 16), Convert.ToUInt16(expected, 16)],
            [result.Property("Result")[1], result.Property("Right")[1]]);
    }

    /// <summary>calico#3145, gmem's report and flannel#1266: 0xffff whatever was right.</summary>
    [Theory]
    [InlineData("0x76dc")]
    [InlineData("0x4b80")]
    public void Found_all_ones_over_a_kept_address_is_defect_A(string expected)
    {
        SessionResult result = engine.Run(
            "param($expected) Resolve-NatChecksum -Found 0xffff -Expected $expected -NewPort 26898", expected);
        Assert.Equal("NatZeroChecksum", result.Property("Cause").Single()!.ToString());
    }

    [Theory]
    [InlineData("cloudstack#7930 outer", "10.71.231.42", "239.0.10.246", "Udp", 94, 0xebd7)]
    [InlineData("cloudstack#7930 inner", "10.28.17.228", "225.0.0.50", "Udp", 16, 0xfd53)]
    [InlineData("flannel#1243", "172.20.0.0", "172.20.3.2", "Tcp", 40, 0x5b59)]
    [InlineData("k3s#5013 a", "10.42.2.114", "10.42.4.17", "Tcp", 40, 0x1b05)]
    [InlineData("k3s#5013 b", "10.42.2.101", "10.42.6.240", "Tcp", 40, 0x1dd7)]
    [InlineData("k3s#5349", "10.164.12.6", "140.82.121.4", "Tcp", 40, 0x1c2f)]
    [InlineData("flannel#1312", "127.0.0.1", "127.0.0.1", "Tcp", 32, 0xfe28)]
    public void The_published_seeds(string origin, string source, string destination, string protocol, int length,
        int field)
    {
        SessionResult result = engine.Run(
            "param($s, $d, $p, $l, $f) Resolve-NatChecksum -SourceAddress $s -DestinationAddress $d -Protocol $p "
            + "-Length $l -Found $f", source, destination, protocol, length, field);
        Assert.True((ushort)field == (ushort)result.Property("Result").Single()!, origin);
        Assert.Equal("OffloadPending", result.Property("Cause").Single()!.ToString());
    }

    [Fact]
    public void Both_packets_of_the_seed_document_imply_one_source_address_sum()
    {
        SessionResult result = engine.Run("""
            Resolve-NatChecksum -Found 0xc067 -DestinationAddress 100.78.115.61 -Length 62
            Resolve-NatChecksum -Found 0x6cd0 -DestinationAddress 100.95.31.182 -Length 40 -Protocol Tcp
            """);
        Assert.Equal([(ushort)0xe88c, (ushort)0xe88c], result.Property("ImpliedAddressSum"));
    }

    [Theory]
    [InlineData("0x8d74", "0x879c", "0x1b05", 0x20dd)]
    [InlineData("0x7c00", "0x0fb3", "0x1dd7", 0x8a24)]
    [InlineData("0x2554", "0x7f9d", "0x1b05", 0xc0bb)]
    [InlineData("0xfe83", "0x2b6a", "0xfd53", 0xd06d)]
    public void The_published_local_offloads(string expected, string final, string seed, int wire)
    {
        SessionResult result = engine.Run(
            "param($e, $f, $s, $w) Resolve-NatChecksum -OuterExpected $e -InnerFinal $f -InnerSeed $s -Found $w",
            expected, final, seed, wire);
        Assert.Equal((ushort)wire, result.Property("Result").Single());
        Assert.Equal("LcoPending", result.Property("Cause").Single()!.ToString());
    }

    [Fact]
    public void Steps_are_numbered_and_each_starts_from_the_result_before()
    {
        SessionResult result = engine.Run(
            "(Resolve-NatChecksum 0x1234 None -OldAddress fd00::1 -NewAddress fd00::2 -OldPort 1000 -NewPort "
            + "2000).Steps");
        Assert.Equal([1, 2, 3, 4], result.Property("Number"));
        IReadOnlyList<object?> inputs = result.Property("Input"), results = result.Property("Result");
        for (int i = 2; i < inputs.Count; i++)
        {
            Assert.Contains((string)results[i - 1]!, (string)inputs[i]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Requests_bind_from_the_pipeline_by_name()
    {
        SessionResult result = engine.Run("""
            [pscustomobject]@{ Checksum = 0; State = 'Partial'; Kernel = 'BeforeFix' },
            [pscustomobject]@{ Found = 0xbd67; Expected = 0x4e7f; SourcePort = 7103 } | Resolve-NatChecksum
            """);
        Assert.Equal((ushort)0xffff, result.Property("Result")[0]);
        Assert.Equal(44246, result.Property("ImpliedOriginalPort")[1]);
    }

    [Fact]
    public void Layers_of_packets_bind_as_they_are()
    {
        SessionResult result = engine.Run(
            "Read-PcapChecksum $args[0] -Status Bad | ForEach-Object Layers | Where-Object Status -eq Bad | "
            + "Resolve-NatChecksum", Repository.Data("captures", "udpcsum-on-random.pcap"));
        Assert.Equal(7, result.Output.Count);
        Assert.All(result.Property("IsPlausiblePort"), plausible => Assert.Equal(true, plausible));
    }

    [Theory]
    [InlineData("Resolve-NatChecksum 1 -OldAddress fd00::1 -NewAddress 10.0.0.1", "NatChecksumAddressFamily")]
    [InlineData("Resolve-NatChecksum 1 -NewAddress 10.0.0.1", "NatChecksumOldAddressMissing")]
    [InlineData("Resolve-NatChecksum -DestinationAddress 10.0.0.1 -Length 40", "NatChecksumNothingKnown")]
    [InlineData("Resolve-NatChecksum -SourceAddress ::1 -DestinationAddress 10.0.0.1 -Length 40",
        "NatChecksumAddressFamily")]
    public void A_request_that_cannot_be_answered_is_an_error_of_its_own(string script, string errorId)
    {
        SessionResult result = engine.Run(script + "; 'went on'");
        Assert.Equal([errorId], result.ErrorIds);
        Assert.Equal("went on", result.Output.Single().BaseObject);
    }
}
