using System.Globalization;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests;

[Collection(nameof(Alone))]
public sealed class KernelChecksumDefectTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public void Defect_B_is_here_and_A_where_the_kernel_is_old_and_nothing_is_left_behind()
    {
        LabNamespace.Require("ip");
        string[] before = Namespaces();
        string links = LabCommand.Run("ip", "-o", "link"),
            rules = LabCommand.Exists("nft") ? LabCommand.Run("nft", "list", "tables") : string.Empty;
        SessionResult result = engine.Run("Test-KernelChecksumDefect").Succeeded();
        Assert.Equal(["A", "B"], result.Property("Defect").Select(static d => d!.ToString()));

        // Where no distribution has mended it: every mainline kernel from 5.7 on lacks A, and every one since 4.6 has
        // B.
        string release = File.ReadAllText("/proc/sys/kernel/osrelease");
        Version kernel = Version.Parse(string.Join('.', release.Split('.', '-').Take(2)));
        if (kernel >= new Version(5, 7))
        {
            Assert.Equal(false, result.Property("Present")[0]);
            Assert.Equal(6, Convert.ToInt32(result.Property("Received")[0], CultureInfo.InvariantCulture));
        }

        Assert.Equal(true, result.Property("Present")[1]);
        Assert.All(result.Property("KernelRelease"), r => Assert.Equal(release.Trim(), r));
        Assert.Equal(before, Namespaces());
        Assert.Equal(links, LabCommand.Run("ip", "-o", "link"));
        Assert.Equal(rules, LabCommand.Exists("nft") ? LabCommand.Run("nft", "list", "tables") : string.Empty);
    }

    [Fact]
    public void What_a_killed_test_left_is_removed_by_the_next()
    {
        LabNamespace.Require("ip");
        string name = "vxlancsum-4194305-dead-a";
        LabCommand.Run("ip", "netns", "add", name);
        engine.Run("Test-KernelChecksumDefect B").Succeeded();
        Assert.DoesNotContain(name, Namespaces());
    }

    private static string[] Namespaces() => Directory.Exists("/run/netns")
        ? [.. Directory.EnumerateFiles("/run/netns", "vxlancsum-*").Select(static f => Path.GetFileName(f)).Order()]
        : [];
}
