using Mono.Cecil;
using Mono.Cecil.Cil;
using Xunit;

namespace VxlanCsum.UnitTests.Architecture;

/// <summary>
/// What a reader's machine may be: on Windows and macOS nothing of these cmdlets reaches a call of Linux's C library or
/// one of its files, except behind a question for the platform. Read from the compiled code, all branches that can be
/// taken there.
/// </summary>
public sealed class PlatformTests
{
    private static readonly Dictionary<string, bool> s_windows = Platform("IsWindows"), s_mac = Platform("IsMacOS"),
        s_linux = Platform("IsLinux");

    public static TheoryData<string> Cmdlets =>
    [
        "ReadPcapChecksum", "MeasurePcapChecksum", "MergePcapChecksum", "TestVxlanChecksum", "RepairPcapChecksum",
        "ConvertFromTcpdumpText", "ResolveNatChecksum", "GetChecksumDiagnosis", "GetKubeNodeRisk",
        "GetKubePostroutingRule", "TraceKubePostrouting", "GetOffloadFeature", "GetVxlanInterface",
        "GetVxlanNatBinding", "GetChecksumErrorCounter", "GetChecksumAdvisory", "ExportChecksumReport",
        "ConvertToChecksumReport",
    ];

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void OnAReadersMachineNothingOfLinuxIsCalled(string cmdlet)
    {
        foreach (Dictionary<string, bool> platform in (Dictionary<string, bool>[])[s_windows, s_mac])
        {
            PlatformWalk walk = Walk(platform);
            walk.Follow(walk.Type($"VxlanCsum.Commands.{cmdlet}Command"), LinuxCall);
            Assert.True(walk.Methods > 100, $"{walk.Methods} methods");
            Assert.True(walk.Found.Count == 0, string.Join('\n', walk.Found));

            // What makes the fields that are taken to be null.
            Assert.DoesNotContain("GuardedWalk", walk.Made);
        }
    }

    [Theory]
    [InlineData(nameof(PlatformSamples.Plain), true)]
    [InlineData(nameof(PlatformSamples.ByDelegate), true)]
    [InlineData(nameof(PlatformSamples.ByIterator), true)]
    [InlineData(nameof(PlatformSamples.ByTask), true)]
    [InlineData(nameof(PlatformSamples.ByOverride), true)]
    [InlineData(nameof(PlatformSamples.WhereItFails), true)]
    [InlineData(nameof(PlatformSamples.Asked), false)]
    [InlineData(nameof(PlatformSamples.AskedElsewhere), false)]
    [InlineData(nameof(PlatformSamples.Required), false)]
    [InlineData(nameof(PlatformSamples.NeverMade), false)]
    public void TheWalkSees(string sample, bool isFound)
    {
        foreach ((Dictionary<string, bool> platform, bool expected) in
            ((Dictionary<string, bool>, bool)[])[(s_windows, isFound), (s_linux, true)])
        {
            PlatformWalk walk = new([AssemblyDefinition.ReadAssembly(typeof(PlatformSamples).Assembly.Location)],
                platform, new HashSet<string>());
            walk.Follow(walk.Type($"{typeof(PlatformSamples).FullName}/{sample}"), LinuxCall);
            Assert.Equal(expected, walk.Found.Count > 0);
        }
    }

    [Fact]
    public void OnLinuxTheSameCmdletsReachIt()
    {
        PlatformWalk walk = Walk(s_linux);
        walk.Follow(walk.Type("VxlanCsum.Commands.RepairPcapChecksumCommand"), LinuxCall);
        Assert.Contains(walk.Found, static f => f.StartsWith("libc's openat: ", StringComparison.Ordinal));
        Assert.Contains(walk.Found, static f => f.StartsWith("libc's statx: ", StringComparison.Ordinal));
    }

    private static Dictionary<string, bool> Platform(string name) =>
        ((string[])["IsLinux", "IsWindows", "IsMacOS"]).ToDictionary(
            static n => $"System.Boolean System.OperatingSystem::{n}()", n => n == name);

    private static PlatformWalk Walk(Dictionary<string, bool> platform) => new(
        ((string[])["VxlanCsum.Core.dll", "VxlanCsum.dll", "node/VxlanCsum.Node.dll"]).Select(static name =>
            AssemblyDefinition.ReadAssembly(Path.Combine(TestData.Root, "bin", name))), platform,
        new HashSet<string> { "GuardedFile::_folder", "GuardedFile::_walk" });

    private static string? LinuxCall(MethodDefinition method, Instruction at) => at.Operand switch
    {
        MethodDefinition { PInvokeInfo.Module.Name: "libc" } called => $"libc's {called.PInvokeInfo.EntryPoint}",
        MethodReference { Name: "SetUnixFileMode" or "set_UnixCreateMode" } called => called.Name,
        string text when method.Module.Name != "VxlanCsum.Core.dll" && IsFileOfLinux(text) => text,
        _ => null,
    };

    private static bool IsFileOfLinux(string text) => ((string[])["/proc/", "/sys/", "/dev/", "/etc/", "/run/", "/var/"])
        .Any(f => text.StartsWith(f, StringComparison.Ordinal));
}
