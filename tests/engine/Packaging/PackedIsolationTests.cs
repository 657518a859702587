using System.Reflection;
using System.Reflection.Emit;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Packaging;

/// <summary>
/// The package beside other modules that brought their own PacketDotNet, YamlDotNet and the rest first: each assembly
/// of others in the
/// package has a namesake of another version in PowerShell's load context before anything of ours loads.
/// </summary>
public sealed class PackedIsolationTests(PackageFixture package)
{
    private static readonly Version s_strangersVersion = new(99, 9, 9, 9);

    [Fact]
    public async Task Each_side_has_its_own()
    {
        using TemporaryFolder strangers = new();
        string[] names = [.. package.Files
            .Where(file => file.StartsWith("bin/node/", StringComparison.Ordinal))
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => name != "VxlanCsum.Node" && !IsOfTheFramework(name))
            .Append("YamlDotNet")
            .Distinct()
            .Order(StringComparer.Ordinal)];
        Assert.All(["DnsClient", "Handlebars", "PacketDotNet"], name => Assert.Contains(name, names));
        foreach (string name in names.Where(name => name != "YamlDotNet"))
        {
            WriteNamesake(name, strangers.Path);
        }

        File.Copy(StrangersYaml(), Path.Combine(strangers.Path, "YamlDotNet.dll"));
        ShellResult result = await package.RunAsync($$"""
            $names = '{{string.Join("', '", names)}}'
            $theirs = @{}
            foreach ($name in $names) { $theirs[$name] = [System.Reflection.Assembly]::LoadFrom("{{strangers.Path}}/$name.dll") }
            $packet = Read-PcapChecksum '{{Repository.Data("captures", "udpcsum-on-random.pcap")}}' -Filter 'udp' -First 1 -IncludePacket
            $packet.Packet.GetType().FullName
            $context = [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($packet.Packet.GetType().Assembly)
            foreach ($name in $names) {
                if ([System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($theirs[$name]).Name -ne 'Default') { "their $name is not in Default" }
                if (-not [System.IO.File]::Exists("{{package.Folder}}/bin/node/$name.dll")) { continue }
                $ours = $context.LoadFromAssemblyName([System.Reflection.AssemblyName]::new($name))
                if ($ours.Location -ne "{{package.Folder}}/bin/node/$name.dll") { "our $name is $($ours.Location)" }
                if ([object]::ReferenceEquals($ours, $theirs[$name]) -or $ours.GetName().Version -eq $theirs[$name].GetName().Version) { "our $name is theirs" }
            }
            Test-VxlanChecksum '{{Repository.Data("captures",
                "udpcsum-on-random.pcap")}}' | Export-ChecksumReport '{{strangers.Path}}/report.html' -PassThru | ForEach-Object Name
            """);
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        Assert.Equal(["PacketDotNet.EthernetPacket", "report.html"], result.Lines);
        Assert.Contains("id=\"chart-tunnels\"",
            await File.ReadAllTextAsync(Path.Combine(strangers.Path, "report.html"),
                TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>An assembly of this name that holds nothing: whoever gets it in place of the real one fails at the
    /// first type.</summary>
    private static void WriteNamesake(string name, string folder)
    {
        PersistedAssemblyBuilder assembly = new(new AssemblyName(name) { Version = s_strangersVersion },
            typeof(object).Assembly);
        assembly.DefineDynamicModule(name).DefineType($"{name}.Stranger", TypeAttributes.Public).CreateType();
        assembly.Save(Path.Combine(folder, $"{name}.dll"));
    }

    /// <summary>The framework's own copy is there first, and .NET lets no other stand beside it in the default
    /// context.</summary>
    private static bool IsOfTheFramework(string name) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, $"{name}.dll"));

    private static string StrangersYaml() =>
        typeof(PackedIsolationTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(fact => fact.Key == "StrangersYaml").Value!;
}
