using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Importing;

/// <summary>Third-party assemblies: ours and a stranger's side by side, in a process of their own so that the order is sure.</summary>
public sealed class IsolationTests
{
    [Fact]
    public async Task A_strangers_copy_loaded_first_and_ours_do_not_meet()
    {
        using TemporaryFolder folder = new();
        string stranger = Path.Combine(folder.Path, "PacketDotNet.dll");
        File.Copy(Repository.PathOf("bin", "node", "PacketDotNet.dll"), stranger);
        string capture = Repository.Data("captures", "udpcsum-on-random.pcap");
        string script = $$"""
            $stranger = [System.Reflection.Assembly]::LoadFrom('{{stranger}}')
            $packet = (Read-PcapChecksum '{{capture}}' -First 1 -IncludePacket).Packet
            $ours = $packet.GetType().Assembly
            [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($stranger).Name
            [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($ours).Name
            $stranger.Location
            $ours.Location
            $packet -is $stranger.GetType('PacketDotNet.Packet')
            """;
        ShellResult result = await ShellProcess.RunAsync("-c", script);
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        Assert.Equal(["Default", "VxlanCsum.Node", stranger, Repository.PathOf("bin", "node", "PacketDotNet.dll"), "False"], result.Lines);
    }

    [Fact]
    public async Task Nothing_third_party_is_loaded_before_it_is_needed()
    {
        const string script = """
            $null = Get-Command -Module VxlanCsum
            [System.AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetName().Name } | Where-Object { $_ -in 'PacketDotNet', 'SharpPcap', 'VxlanCsum.Node' }
            """;
        ShellResult result = await ShellProcess.RunAsync("-c", script);
        Assert.Equal(("", "", 0), (result.Output, result.Errors, result.ExitCode));
    }

    [Fact]
    public async Task The_engine_reports_to_nobody()
    {
        ShellResult result = await ShellProcess.RunAsync("-c", "$env:POWERSHELL_TELEMETRY_OPTOUT");
        Assert.Equal("1\n", result.Output);
    }
}
