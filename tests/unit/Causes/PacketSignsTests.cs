using System.Buffers.Binary;
using VxlanCsum.Captures.Files;
using VxlanCsum.Diagnoses;
using Xunit;

namespace VxlanCsum.UnitTests.Causes;

/// <summary>What captured packets show beside their checksums, in the words in which it is said of printed ones.</summary>
public sealed class PacketSignsTests
{
    [Theory]
    [InlineData("udpcsum-on-random.pcap", "was sent 3 times within 2.1 s, and no answer is seen")]
    [InlineData("kube-old-random.pcap", "was sent 2 times within 1.0 s, and answered then")]
    [InlineData("udpcsum-on-none.pcap", null)]
    public void A_syn_that_is_sent_again_is_a_finding_of_the_capture(string file, string? told)
    {
        using CaptureReader reader = CaptureReaderFactory.Open(File.OpenRead(TestData.PathOf("captures", file)), file);
        CaptureEvidence evidence = Weigh(reader);
        string[] said = [.. evidence.Signs.Select(static s => s.Message)];
        Assert.Equal(told is not null, said.Length == 1);
        Assert.All(said, s => Assert.Contains(told!, s, StringComparison.Ordinal));
        NodeDiagnosis diagnosis = DiagnosisJudge.Judge(new NodeEvidence { NodeName = "n", Capture = evidence },
            TestContext.Current.CancellationToken);
        Assert.Equal(said, diagnosis.Findings.Where(static f => f.Id == "SynSentAgain"
            && f.Severity == FindingSeverity.Information).Select(static f => f.Message));
    }

    [Fact]
    public void Pings_that_are_answered_beside_connections_that_are_not()
    {
        byte[] ping = Frame(1, [0, 0, 0, 0, 0, 1, 0, 1]), syn = Frame(6, Tcp(2)), answer = Frame(6, Tcp(18), back: true);
        Assert.Equal(["IcmpPassesTcpDoesNot"], Ids(ping, syn));
        Assert.Empty(Ids(ping, syn, answer));
        Assert.Empty(Ids(syn));
        Assert.Empty(Ids(ping));
    }

    [Fact]
    public void What_is_sent_again_at_once_was_seen_twice_and_what_carries_data_is_no_syn()
    {
        Assert.Empty(Ids(Frame(6, Tcp(2)), Frame(6, Tcp(2))));
        Assert.Empty(Ids(Frame(6, Tcp(24)), Frame(1, [0, 0, 0, 0, 0, 1, 0, 1])));
    }

    private static string[] Ids(params byte[][] frames)
    {
        var file = new MemoryStream();
        Write(file, 0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1);
        for (int i = 0; i < frames.Length; i++)
        {
            Write(file, 1000, (uint)(i * 100), (uint)frames[i].Length, (uint)frames[i].Length);
            file.Write(frames[i]);
        }

        file.Position = 0;
        using CaptureReader reader = CaptureReaderFactory.Open(file, "made.pcap");
        return [.. Weigh(reader).Signs.Select(static s => s.Id)];
    }

    private static void Write(MemoryStream file, params uint[] words)
    {
        byte[] bytes = new byte[4];
        foreach (uint word in words)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
            file.Write(bytes);
        }
    }

    /// <summary>An Ethernet frame between 10.0.0.1 and 10.0.0.2.</summary>
    private static byte[] Frame(byte protocol, byte[] inside, bool back = false) =>
    [
        .. new byte[12], 8, 0, 0x45, 0, 0, (byte)(20 + inside.Length), 0, 1, 0, 0, 64, protocol, 0, 0,
        10, 0, 0, (byte)(back ? 2 : 1), 10, 0, 0, (byte)(back ? 1 : 2), .. inside,
    ];

    /// <summary>A TCP header between ports 4000 and 80; its answer has them the other way round.</summary>
    private static byte[] Tcp(byte flags)
    {
        byte[] ports = flags == 18 ? [0, 80, 0x0f, 0xa0] : [0x0f, 0xa0, 0, 80];
        return [.. ports, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags, 1, 0, 0, 0, 0, 0];
    }

    private static CaptureEvidence Weigh(CaptureReader reader) => CaptureWeighing.Weigh(reader,
        new KeptPackets(string.Empty, "x", IsLive: false, [8472, 4789]), [],
        static (CaptureReader r, out CapturedFrame frame) => r.TryRead(out frame));
}
