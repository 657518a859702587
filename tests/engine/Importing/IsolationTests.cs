using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Importing;

/// <summary>Third-party assemblies: ours and a stranger's side by side, in a process of their own so that the order is
/// sure.</summary>
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
        Assert.Equal(["Default", "VxlanCsum.Node", stranger, Repository.PathOf("bin", "node", "PacketDotNet.dll"),
            "False"], result.Lines);
    }

    [Fact]
    public async Task Strangers_that_read_Kubernetes_and_ours_do_not_meet()
    {
        string[] names = ["Fractions", "KubernetesClient", "YamlDotNet"];
        using TemporaryFolder folder = new();
        foreach (string name in names)
        {
            File.Copy(Repository.PathOf("bin", "node", name + ".dll"), Path.Combine(folder.Path, name + ".dll"));
        }

        // A kubeconfig is read with all three; the server need not be there.
        string config = folder.Write("config", """
            current-context: c
            contexts: [{name: c, context: {cluster: k, user: u}}]
            clusters: [{name: k, cluster: {server: 'https://127.0.0.1:1'}}]
            users: [{name: u, user: {token: t}}]
            """);
        string script = $$"""
            '{{string.Join("', '", names)}}' | ForEach-Object { $null = [System.Reflection.Assembly]::LoadFrom('{{folder.Path}}/' + $_ + '.dll') }
            Get-KubeNodeRisk -Kubeconfig '{{config}}' -ErrorAction SilentlyContinue -ErrorVariable problem
            $problem.FullyQualifiedErrorId
            [System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -in 'KubernetesClient', 'YamlDotNet' } |
                ForEach-Object { '{0} {1} {2}' -f [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name,
                    $_.GetName().Name, [System.IO.Path]::GetDirectoryName($_.Location) }
            """;
        ShellResult result = await ShellProcess.RunAsync("-c", script);
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        Assert.Equal("KubeApiUnreachable,VxlanCsum.Commands.GetKubeNodeRiskCommand", result.Lines[0]);
        string ours = Repository.PathOf("bin", "node");
        Assert.Equal(
            [$"Default KubernetesClient {folder.Path}", $"Default YamlDotNet {folder.Path}",
                $"VxlanCsum.Node KubernetesClient {ours}", $"VxlanCsum.Node YamlDotNet {ours}"],
            result.Lines.Skip(1).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nothing_third_party_is_loaded_before_it_is_needed()
    {
        const string script = """
            $null = Get-Command -Module VxlanCsum
            [System.AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetName().Name } |
                Where-Object { $_ -in 'Fractions', 'KubernetesClient', 'PacketDotNet', 'SharpPcap', 'VxlanCsum.Node', 'YamlDotNet' }
            """;
        ShellResult result = await ShellProcess.RunAsync("-c", script);
        Assert.Equal(("", "", 0), (result.Output, result.Errors, result.ExitCode));
    }
}
