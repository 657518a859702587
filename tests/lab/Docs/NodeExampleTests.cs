using VxlanCsum.Clusters;
using VxlanCsum.EngineTests.Docs;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;

namespace VxlanCsum.LabTests.Docs;

/// <summary>
/// The examples that need a node are run on one that has the fault and carries traffic to a service all the while: in
/// its network
/// namespace, under its name, with a /var/lib of its own, so that the journal is the node's.
/// </summary>
[Long]
public sealed class NodeExampleTests
{
    public static TheoryData<string> Pages =>
        [.. ExampleBlock.Pages.Where(
            page => ExampleBlock.Of(page).Any(example => example.Place is ExamplePlace.Node or ExamplePlace.Receiver))];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Examples_run_on_a_node_with_the_fault(string page)
    {
        LabNamespace.Require("ip", "mount", "unshare", "hostname", "conntrack", "sysctl");
        using FaultLab lab = new("nft", uplink: "eth0", tunnel: "flannel.1");
        lab.SetNeighbours();

        // The NAT of one query must not meet the next example by chance, in a tunnel port that is chosen again.
        lab.Node.Run("sysctl", "-qw", "net.netfilter.nf_conntrack_udp_timeout=2");
        await lab.WhileAskingAsync(async () =>
        {
            await RunAsync(page, ExamplePlace.Node, lab.Node, "node-1");
            await RunAsync(page, ExamplePlace.Receiver, lab.Peer, "node-2");
        });
    }

    private static async Task RunAsync(string page, ExamplePlace place, LabNamespace node, string name)
    {
        using ExampleRunner runner = new();
        await runner.RunAsync(page, place, "ip", "netns", "exec", node.Name, "unshare", "-u", "sh", "-c",
            $"hostname {name} && mount -t tmpfs none /var/lib && exec \"$@\"", "sh", ShellProcess.Executable);
    }
}
