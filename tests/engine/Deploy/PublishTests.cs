using System.Buffers.Binary;
using System.Runtime.InteropServices;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.EngineTests.Packaging;

namespace VxlanCsum.EngineTests.Deploy;

/// <summary>vxlancsum as one file and as the image's folder: made by the documented commands, and run where neither
/// .NET nor PowerShell is found.</summary>
[Long]
public sealed class PublishTests(PublishedProgram made, PackageFixture package)
    : IClassFixture<PublishedProgram>
{
    private const string Emulator = "/usr/bin/qemu-aarch64", EmulatedRoot = "/usr/aarch64-linux-gnu";

    // ELF's e_machine: EM_X86_64, EM_AARCH64 (elf.h).
    private const ushort X64 = 62, Arm64 = 183;

    // Pages for people; and what the framework of .NET 10 has itself.
    private static readonly string[] s_packageOnly = ["CHANGELOG.md", "README.md", "THIRD-PARTY-NOTICES.txt",
        "bin/node/System.Text.Encoding.CodePages.dll"];

    // What a person asks first; types of Core; and what VxlanCsum.Node brings, which loads in its own context from the
    // module's folder.
    private static readonly string s_script = $"""
        $result = Test-VxlanChecksum '{Repository.Data("captures", "udpcsum-on-random.pcap")}'
        $result[0].Cause
        [VxlanCsum.ChecksumStatus]::Partial
        [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture
        (Read-PcapChecksum '{Repository.Data("captures", "udpcsum-on-random.pcap")}' -First 1 -IncludePacket).Packet.GetType().Assembly.Location
        Get-Content $PSHOME/THIRD-PARTY-NOTICES.txt -TotalCount 1
        Get-ChildItem $PSHOME/Modules -Name VxlanCsum | ConvertTo-Json
        """;

    // Both find the module by its name, in another runspace and in another process.
    private const string Elsewhere = """
        1 | ForEach-Object -Parallel { (Get-Command Test-VxlanChecksum).Source }
        Start-Job { (Get-Command Read-PcapChecksum).Source } | Receive-Job -Wait
        """;

    [Fact]
    public async Task For_x64_it_is_one_file_that_runs_alone()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "runs the file for linux-x64");
        string program = await OneFileAsync("linux-x64", X64);
        await AnswersAsync("X64", made.Unpacked, program);

        ShellResult result = await made.RunAsync(program, "-NoProfile", "-Command", Elsewhere);
        Assert.Equal(("VxlanCsum\nVxlanCsum\n", "", 0), (result.Output, result.Errors, result.ExitCode));

        // Unpacked once, and found again.
        string[] unpacked = Directory.GetFileSystemEntries(made.Unpacked, "*", SearchOption.AllDirectories);
        await AnswersAsync("X64", made.Unpacked, program);
        Assert.Equal(unpacked, Directory.GetFileSystemEntries(made.Unpacked, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task For_arm64_it_is_one_file_that_runs_in_an_emulator()
    {
        string program = await OneFileAsync("linux-arm64", Arm64);
        Assert.SkipUnless(File.Exists(Emulator) && Directory.Exists(EmulatedRoot),
            "made and well-formed, but not run: needs qemu-user and libstdc++6-arm64-cross");
        await AnswersAsync("Arm64", made.Unpacked, Emulator, "-L", EmulatedRoot, program);
    }

    [Fact]
    public async Task The_image_holds_it_as_a_folder_with_all_of_the_module()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "runs the folder for linux-x64");
        string folder = await made.PublishAsync("linux-x64", singleFile: false);
        await AnswersAsync("X64", folder, Path.Combine(folder, "vxlancsum"));
        ShellResult result = await made.RunAsync(Path.Combine(folder, "vxlancsum"), "-NoProfile", "-Command",
            Elsewhere);
        Assert.Equal(("VxlanCsum\nVxlanCsum\n", "", 0), (result.Output, result.Errors, result.ExitCode));
        AllOfOthersIsNamed(folder);
        string module = Path.Combine(folder, "Modules", "VxlanCsum");
        Assert.Equal(package.Files.Except(s_packageOnly),
            Directory.EnumerateFiles(module, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(module, file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_Containerfile_is_as_it_should_be()
    {
        Assert.All(Containerfile.Copies(),
            static copy => Assert.True(Path.Exists(Repository.PathOf(copy.Source)), copy.Source));
        string[] From(string word) =>
            [.. Containerfile.Instructions.Where(line => line.StartsWith(word + " ", StringComparison.Ordinal))];

        // Bases have a tag, the stage that people run is not root's, and no command pipes a download into a shell.
        Assert.All(From("ARG").Where(static line => line.Contains('/')),
            static line => Assert.Matches(@"=[\w./-]+:[\w.-]+$", line));
        Assert.Equal("USER 65532:65532", Assert.Single(From("USER")));
        Assert.All(From("RUN"), static line => Assert.DoesNotMatch(@"\b(curl|wget|bash|sh|eval)\b|\|", line));
        Assert.Contains(From("RUN"),
            static line =>
                line.Contains("dotnet publish deploy/single-file -p:Machine=${MACHINE} -p:PublishSingleFile=false",
                    StringComparison.Ordinal));
    }

    private async Task<string> OneFileAsync(string machine, ushort expected)
    {
        string folder = await made.PublishAsync(machine), program = Path.Combine(folder, "vxlancsum");
        Assert.Equal([program], Directory.GetFileSystemEntries(folder));
        byte[] header = new byte[20];
        using FileStream file = File.OpenRead(program);
        file.ReadExactly(header);
        Assert.Equal("\u007fELF"u8, header.AsSpan(0, 4));
        Assert.Equal(expected, BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(18)));
        return program;
    }

    private async Task AnswersAsync(string architecture, string runsFrom, string program, params string[] before)
    {
        ShellResult result = await RunAsync(program, [.. before, "-NoLogo", "-Command", s_script]);
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        Assert.Equal(["NatLocalChecksum", "Partial", architecture], result.Lines.Take(3));
        Assert.StartsWith(runsFrom, result.Lines[3], StringComparison.Ordinal);
        Assert.EndsWith("/Modules/VxlanCsum/bin/node/PacketDotNet.dll", result.Lines[3], StringComparison.Ordinal);
        Assert.StartsWith("vxlancsum brings along .NET, PowerShell", result.Lines[4], StringComparison.Ordinal);
        Assert.Equal("\"VxlanCsum\"", result.Lines[5]);
    }

    /// <summary>The emulator has faults of its own: of some dozens of runs one
    /// ends in a signal that it tells itself. That says nothing about the file, so it is asked again, twice at most.</summary>
    private async Task<ShellResult> RunAsync(string program, string[] arguments)
    {
        for (int again = 2; ; again--)
        {
            ShellResult result = await made.RunAsync(program, arguments);
            if (again == 0 || !result.Errors.StartsWith("qemu: uncaught target signal", StringComparison.Ordinal))
            {
                return result;
            }
        }
    }

    /// <summary>Each binary of others is in the notices, but for those of PowerShell's modules, whose licences stand
    /// beside them or are PowerShell's.</summary>
    private static void AllOfOthersIsNamed(string folder)
    {
        string notices = File.ReadAllText(Path.Combine(folder, "THIRD-PARTY-NOTICES.txt"));
        HashSet<string> named = [.. ThirdPartyNoticesTests.FilesNamedIn(notices)];
        string[] foreign = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(static file => Path.GetExtension(file) is ".dll" or ".so"
                && !Path.GetFileName(file).StartsWith("VxlanCsum", StringComparison.Ordinal))
            .Where(file => !Path.GetRelativePath(folder, file).StartsWith("Modules/", StringComparison.Ordinal)
                || file.Contains("/bin/node/", StringComparison.Ordinal))
            .Select(static file => Path.GetFileName(file))];
        Assert.Contains("System.Management.Automation.dll", foreign);
        Assert.Contains("libcoreclr.so", foreign);
        Assert.Contains("SharpPcap.dll", foreign);
        Assert.Empty(foreign.Except(named));
        Assert.All(
            ["Licence of PowerShell", "Licence of PSReadLine", "Notices that PowerShell brings along",
                "Licence of Microsoft.PowerShell.ConsoleHost"],
            title => Assert.Contains($"\n{title}\n", notices, StringComparison.Ordinal));
    }
}
