using System.Buffers.Binary;
using System.Runtime.InteropServices;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.EngineTests.Packaging;

namespace VxlanCsum.EngineTests.Deploy;

/// <summary>vxlancsum as one file and as the image's folder: made by the documented commands, and run where neither .NET nor PowerShell is found.</summary>
public sealed class PublishTests(PublishedProgram made, PackageFixture package) : IClassFixture<PublishedProgram>, IClassFixture<PackageFixture>
{
    private const string Emulator = "/usr/bin/qemu-aarch64", EmulatedRoot = "/usr/aarch64-linux-gnu";

    // ELF's e_machine: EM_X86_64, EM_AARCH64 (elf.h).
    private const ushort X64 = 62, Arm64 = 183;

    // Pages for people; and what the framework of .NET 10 has itself.
    private static readonly string[] s_packageOnly = ["CHANGELOG.md", "README.md", "THIRD-PARTY-NOTICES.txt", "bin/node/System.Text.Encoding.CodePages.dll"];

    // What a person asks first; types of Core; and what VxlanCsum.Node brings, which loads in its own context from the module's folder.
    private static readonly string s_script = $"""
        $result = Test-VxlanChecksum '{Repository.Data("captures", "udpcsum-on-random.pcap")}'
        $result[0].Cause
        [VxlanCsum.ChecksumStatus]::Partial
        [System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture
        (Read-PcapChecksum '{Repository.Data("captures", "udpcsum-on-random.pcap")}' -First 1 -IncludePacket).Packet.GetType().Assembly.Location
        """;

    [Fact]
    public async Task For_x64_it_is_one_file_that_runs_alone()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "runs the file for linux-x64");
        string program = await OneFileAsync("linux-x64", X64);
        await AnswersAsync("X64", made.Unpacked, program);

        // Unpacked once, and found again.
        string[] unpacked = Directory.GetFileSystemEntries(made.Unpacked, "*", SearchOption.AllDirectories);
        await AnswersAsync("X64", made.Unpacked, program);
        Assert.Equal(unpacked, Directory.GetFileSystemEntries(made.Unpacked, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task For_arm64_it_is_one_file_that_runs_in_an_emulator()
    {
        string program = await OneFileAsync("linux-arm64", Arm64);
        Assert.SkipUnless(File.Exists(Emulator) && Directory.Exists(EmulatedRoot), "made and well-formed, but not run: needs qemu-user and libstdc++6-arm64-cross");
        await AnswersAsync("Arm64", made.Unpacked, Emulator, "-L", EmulatedRoot, program);
    }

    [Fact]
    public async Task The_image_holds_it_as_a_folder_with_all_of_the_module()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "runs the folder for linux-x64");
        string folder = await made.PublishAsync("linux-x64", singleFile: false);
        await AnswersAsync("X64", folder, Path.Combine(folder, "vxlancsum"));
        string module = Path.Combine(folder, "VxlanCsum");
        Assert.Equal(package.Files.Except(s_packageOnly), Directory.EnumerateFiles(module, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(module, file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_Containerfile_is_as_it_should_be()
    {
        Assert.All(Containerfile.Copies(), static copy => Assert.True(Path.Exists(Repository.PathOf(copy.Source)), copy.Source));
        string[] From(string word) => [.. Containerfile.Instructions.Where(line => line.StartsWith(word + " ", StringComparison.Ordinal))];

        // Bases have a tag, the stage that people run is not root's, and no command pipes a download into a shell.
        Assert.All(From("ARG").Where(static line => line.Contains('/')), static line => Assert.Matches(@"=[\w./-]+:[\w.-]+$", line));
        Assert.Equal("USER 65532:65532", Assert.Single(From("USER")));
        Assert.All(From("RUN"), static line => Assert.DoesNotMatch(@"\b(curl|wget|bash|sh|eval)\b|\|", line));
        Assert.Contains(From("RUN"), static line => line.Contains("dotnet publish deploy/single-file -p:Machine=${MACHINE} -p:PublishSingleFile=false", StringComparison.Ordinal));
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
        ShellResult result = await made.RunAsync(program, [.. before, "-NoLogo", "-Command", s_script]);
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        Assert.Equal(["NatLocalChecksum", "Partial", architecture], result.Lines.Take(3));
        Assert.StartsWith(runsFrom, result.Lines[3], StringComparison.Ordinal);
        Assert.EndsWith("/VxlanCsum/bin/node/PacketDotNet.dll", result.Lines[3], StringComparison.Ordinal);
    }
}
