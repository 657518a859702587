using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests;

public sealed class RepairPcapChecksumTests(EngineFixture engine) : IClassFixture<EngineFixture>, IDisposable
{
    private static readonly string s_fault = Repository.Data("captures", "udpcsum-on-random.pcap");
    private static readonly string s_sender = Repository.Data("captures", "sender-udpcsum-uplink.pcap");
    private readonly TemporaryFolder _folder = new();

    private string Target(string name) => Path.Combine(_folder.Path, name);

    [Theory]
    [InlineData("right.pcap")]
    [InlineData("right.pcapng")]
    [InlineData("right.pcap.gz")]
    [InlineData("right.pcapng.GZ")]
    public void TheCopyIsRightAndOtherwiseTheSame(string name)
    {
        SessionResult result = engine.Run("param($p, $t) Repair-PcapChecksum $p $t", s_fault, Target(name));
        Assert.Equal("21 7 7 0 True",
            engine.Run("param($r) '{0} {1} {2} {3} {4}' -f $r.Packets, $r.RepairedPackets, $r.RepairedChecksums, "
                + "$r.UnverifiedChecksums, $r.Complete", result.OnlyOutput).Values.Single());
        const string Facts =
            "param($p) Read-PcapChecksum -LiteralPath $p | ForEach-Object { '{0} {1} {2} {3} {4}' -f $_.FrameNumber, "
            + "$_.TimestampNanoseconds, $_.WireLength, $_.Source, $_.Destination }";
        Assert.Equal(engine.Run(Facts, s_fault).Values, engine.Run(Facts, Target(name)).Values);
        Assert.Equal(21L,
            engine.Run("param($p) (Measure-PcapChecksum -LiteralPath $p).Good", Target(name)).Values.Single());
        Assert.Equal([Target(name)], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void UnfinishedChecksumsAreFinishedOuterAndInner()
    {
        engine.Run("param($p, $t) Repair-PcapChecksum $p $t", s_sender, Target("all.pcap")).Succeeded();
        // What stays unfinished are super-packets that the snapshot length cut.
        Assert.Equal(5,
            engine.Run("param($p) @(Read-PcapChecksum $p -Status Partial, Bad, Illegal, Unverified).Count",
                Target("all.pcap")).Values.Single());
        Assert.Equal(5,
            engine.Run("param($p) @(Read-PcapChecksum $p -Status Partial | Where-Object { $_.CapturedLength -lt "
                + "$_.WireLength }).Count", Target("all.pcap")).Values.Single());
        engine.Run("param($p, $t) Repair-PcapChecksum $p $t -Layer Outer", s_sender, Target("outer.pcap")).Succeeded();
        Assert.All(
            engine.Run("param($p) Read-PcapChecksum $p -Protocol Tcp | Where-Object { $_.CapturedLength -eq "
                + "$_.WireLength } | ForEach-Object { $_.Layers | Where-Object Protocol -in Udp, Tcp | "
                + "ForEach-Object { '{0} {1}' -f $_.Depth, $_.Status } }", Target("outer.pcap")).Values,
            status => Assert.Contains((string)status, new[] { "0 Good", "1 Partial" }));
    }

    /// <summary>An outer checksum that was right for damaged inner bytes is wrong once those are mended: it is
    /// said.</summary>
    [Fact]
    public void MendingTheInsideAloneSaysWhatItSpoils()
    {
        string damaged = Target("damaged.pcap");
        byte[] capture = File.ReadAllBytes(Repository.Data("captures", "udpcsum-on-none.pcap"));
        // The last byte of the first packet is damaged, and then the outer checksum made right for it.
        int end = 40 + BitConverter.ToInt32(capture, 32);
        capture[end - 1] ^= 0x5a;
        File.WriteAllBytes(damaged, capture);
        engine.Run("param($p, $t) Repair-PcapChecksum $p $t -Layer Outer", damaged, Target("outer.pcap")).Succeeded();
        SessionResult inner = engine.Run("param($p, $t) Repair-PcapChecksum $p $t -Layer Inner", Target("outer.pcap"),
            Target("inner.pcap"));
        Assert.Equal(1L, engine.Run("param($r) $r.SpoiltChecksums", inner.OnlyOutput).Values.Single());
        Assert.Contains("-Layer All mends both", Assert.Single(inner.Warnings).ToString(), StringComparison.Ordinal);
        SessionResult all = engine.Run("param($p, $t) Repair-PcapChecksum $p $t", Target("outer.pcap"),
            Target("all.pcap"));
        Assert.Equal(0L, engine.Run("param($r) $r.SpoiltChecksums", all.OnlyOutput).Values.Single());
        Assert.Empty(all.Warnings);
    }

    [Fact]
    public void AFolderTakesSeveralUnderTheirNames()
    {
        SessionResult result = engine.Run("param($d, $t) Repair-PcapChecksum \"$d/b-*.pcap\" -Destination $t",
            Repository.Data("captures"), _folder.Path);
        string[] names = [.. Directory.GetFiles(Repository.Data("captures"), "b-*.pcap")
            .Select(p => Path.GetFileName(p)).Order()];
        Assert.Equal(names, Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        Assert.Equal(names.Length, result.Succeeded().Output.Count);
    }

    [Fact]
    public void NothingIsReplacedWithoutForceNorWrittenWithWhatIf()
    {
        string there = _folder.Write("there.pcap", "mine");
        Assert.Equal(["CaptureExists"], engine.Run("param($p, $t) Repair-PcapChecksum $p $t", s_fault, there).ErrorIds);
        Assert.Equal("mine", File.ReadAllText(there));
        Assert.Empty(engine.Run("param($p, $t) Repair-PcapChecksum $p $t -WhatIf", s_fault, Target("new.pcap"))
            .Succeeded().Output);
        Assert.Equal([there], Directory.GetFiles(_folder.Path));
        engine.Run("param($p, $t) Repair-PcapChecksum $p $t -Force", s_fault, there).Succeeded();
        Assert.Equal(21, engine.Run("param($p) @(Read-PcapChecksum $p -Status Good).Count", there).Values.Single());
    }

    [Fact]
    public void WhatCameBeforeTheDamageIsWrittenAndTheDamageTold()
    {
        string cut = Target("cut.pcap");
        File.WriteAllBytes(cut, File.ReadAllBytes(s_fault)[..^10]);
        SessionResult result = engine.Run("param($p, $t) Repair-PcapChecksum $p $t", cut, Target("right.pcap"));
        Assert.Equal(["CaptureTruncated"], result.ErrorIds);
        Assert.Equal("20 False",
            engine.Run("param($r) '{0} {1}' -f $r.Packets, $r.Complete", result.Output.Single()).Values.Single());
        Assert.Equal(20L, engine.Run("param($p) (Measure-PcapChecksum $p).Good", Target("right.pcap")).Values.Single());
    }

    [Fact]
    public void WhatCannotBeWrittenLeavesNothing()
    {
        Assert.Equal(["CaptureUnwritable"],
            engine.Run("param($p) Repair-PcapChecksum $p /no/such/folder/x.pcap", s_fault).ErrorIds);
        Assert.Equal(["CaptureWrongMagic"],
            engine.Run("param($p, $t) Repair-PcapChecksum $p $t", Repository.Manifest, Target("x.pcap")).ErrorIds);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void AFormatThatCannotHoldThemAllIsNamed()
    {
        string mixed = Target("mixed.pcapng");
        WriteMixed(mixed);
        Assert.Equal(["CaptureMixedLinkTypes"],
            engine.Run("param($p, $t) Repair-PcapChecksum $p $t", mixed, Target("x.pcap")).ErrorIds);
        Assert.Equal([mixed], Directory.GetFiles(_folder.Path));
        Assert.Equal("Ethernet IPv4",
            string.Join(' ',
                engine.Run("param($p, $t) Repair-PcapChecksum $p $t | ForEach-Object { Read-PcapChecksum "
                    + "$_.Path } | ForEach-Object { [string]$_.LinkType }", mixed, Target("x.pcapng")).Values));
    }

    /// <summary>The first packet of the fault as Ethernet delivers it, and once more without its Ethernet
    /// header.</summary>
    private static void WriteMixed(string path)
    {
        byte[] pcap = File.ReadAllBytes(s_fault);
        byte[] frame = pcap[40..(40 + BitConverter.ToInt32(pcap, 32))];
        using BinaryWriter file = new(File.Create(path));
        Block(file, 0x0a0d0d0a, [.. BitConverter.GetBytes(0x1a2b3c4d), 1, 0, 0, 0, .. BitConverter.GetBytes(-1L)]);
        Block(file, 1, [1, 0, 0, 0, 0, 0, 0, 0]);
        Block(file, 1, [228, 0, 0, 0, 0, 0, 0, 0]);
        Block(file, 6,
            [0, 0, 0, 0, .. new byte[8], .. BitConverter.GetBytes(frame.Length), .. BitConverter.GetBytes(frame.Length),
                .. frame]);
        Block(file, 6,
            [1, 0, 0, 0, .. new byte[8], .. BitConverter.GetBytes(frame.Length - 14),
                .. BitConverter.GetBytes(frame.Length - 14), .. frame[14..]]);
    }

    private static void Block(BinaryWriter file, uint type, byte[] body)
    {
        int length = 12 + ((body.Length + 3) & ~3);
        file.Write(type);
        file.Write(length);
        file.Write(body);
        file.Write(new byte[length - 12 - body.Length]);
        file.Write(length);
    }

    public void Dispose() => _folder.Dispose();
}
