using VxlanCsum.EngineTests.Docs;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests.Mitigations;

namespace VxlanCsum.LabTests.Docs;

/// <summary>
/// The examples that need a node are run on one that has the fault and carries traffic to a service all the while: in its network
/// namespace, with a /var/lib of its own, so that the journal is the node's.
/// </summary>
public sealed class NodeExampleTests
{
    public static TheoryData<string> Pages => ExampleBlock.PagesFor(ExamplePlace.Node);

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Examples_run_on_a_node_with_the_fault(string page)
    {
        LabNamespace.Require("ip", "mount", "conntrack");
        using FaultLab lab = new("nft", uplink: "eth0", tunnel: "flannel.1");
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task traffic = Task.Factory.StartNew(() => lab.KeepAsking(end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using ExampleRunner runner = new();
        try
        {
            await runner.RunAsync(
                page, ExamplePlace.Node, "ip", "netns", "exec", lab.Node.Name, "sh", "-c", "mount -t tmpfs none /var/lib && exec \"$@\"", "sh", ShellProcess.Executable);
        }
        finally
        {
            await end.CancelAsync();
            await traffic;
        }
    }
}
