using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.NetworkNamespaces;

namespace VxlanCsum.LabTests;

[Collection(nameof(Alone))]
public sealed class NetworkNamespaceTests
{
    [Fact]
    public void AThousandSwitchesLeakNoDescriptorAndLeaveTheSessionWhereItIs()
    {
        using LabNamespace lab = LabNamespace.Create();
        string home = NetworkNamespace.Current;
        lab.Inside(OfThread);
        int before = Descriptors();
        for (int i = 0; i < 1000; i++)
        {
            Assert.NotEqual(home, lab.Inside(OfThread));
        }

        Assert.Equal(before, Descriptors());
        Assert.True(Directory.GetFileSystemEntries("/proc/self/fd").Length < 1000,
            "a thousand switches left descriptors open");
        Assert.Equal(home, NetworkNamespace.Current);
    }

    [Fact]
    public async Task WhatIsOpenedWithinFlowsWithTasksAndNothingElseChanges()
    {
        using LabNamespace lab = LabNamespace.Create();
        using NetworkNamespace place = NetworkNamespace.Open(lab.Name);
        string home = NetworkNamespace.Current, inside = lab.Inside(OfThread);
        Assert.NotEqual(home, inside);
        (string Opened, string Worked)[] seen =
            await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => NetworkNamespace.Within(place, async () =>
        {
            await Task.Yield();
            return (NetworkNamespace.Enter(OfThread), OfThread());
        })));
        Assert.All(seen, s => Assert.Equal((inside, home), s));
        Assert.Equal(home,
            NetworkNamespace.Within(place,
                () => NetworkNamespace.Within(place: null, () => NetworkNamespace.Enter(OfThread))));
        Assert.Equal((home, home), (NetworkNamespace.Current, NetworkNamespace.Enter(OfThread)));
    }

    [Fact]
    public void FailingWorkLeavesTheSessionWhereItIsAndItsExceptionComesBack()
    {
        using LabNamespace lab = LabNamespace.Create();
        string home = NetworkNamespace.Current;
        int before = Descriptors();
        for (int i = 0; i < 20; i++)
        {
            InvalidTimeZoneException thrown = Assert.Throws<InvalidTimeZoneException>(
                () => lab.Inside<int>(() => throw new InvalidTimeZoneException("from inside")));
            Assert.Equal("from inside", thrown.Message);
        }

        Assert.Equal(before, Descriptors());
        Assert.Equal(home, NetworkNamespace.Current);
    }

    [Fact]
    public void NamePathAndProcessIdLeadToTheSameNamespace()
    {
        using LabNamespace lab = LabNamespace.Create();
        using Process sleeper = lab.Inside(() => Process.Start("sleep", "60"));
        try
        {
            // That the process id leads there too shows that a process started inside inherits the namespace.
            string inside = NetworkNamespace.Within(lab.Name, () => NetworkNamespace.Current);
            Assert.Equal(lab.Inside(OfThread), inside);
            Assert.NotEqual(NetworkNamespace.Current, inside);
            Assert.Equal(inside, NetworkNamespace.Within(lab.Path, () => NetworkNamespace.Current));
            Assert.Equal(inside,
                NetworkNamespace.Within(sleeper.Id.ToString(CultureInfo.InvariantCulture),
                    () => NetworkNamespace.Current));
        }
        finally
        {
            sleeper.Kill();
            sleeper.WaitForExit();
        }
    }

    [Fact]
    public void ASocketOpenedInsideStaysThere()
    {
        using LabNamespace left = LabNamespace.Create();
        using LabNamespace right = LabNamespace.Create();
        LabNamespace.Connect(left, "va", right, "vb");
        left.Ip("addr", "add", "192.0.2.1/24", "dev", "va");
        right.Ip("addr", "add", "192.0.2.2/24", "dev", "vb");
        using Socket server = right.Inside(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse("192.0.2.2"), 0));
            socket.Listen(1);
            return socket;
        });
        using Socket client = left.Inside(
            () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

        // Neither call runs inside; the addresses exist only there.
        client.Connect(server.LocalEndPoint!);
        using Socket accepted = server.Accept();
        Assert.Equal("192.0.2.1", ((IPEndPoint)accepted.RemoteEndPoint!).Address.ToString());
    }

    [Fact]
    public void TheDevicesSeenAreThoseOfTheNamespace()
    {
        using LabNamespace lab = LabNamespace.Create();
        lab.Ip("link", "add", "onlyhere", "type", "veth");
        Assert.Contains("onlyhere",
            NetworkNamespace.Within(lab.Name, () => NamespaceFile.ReadAllText("/proc/thread-self/net/dev")),
            StringComparison.Ordinal);
        Assert.DoesNotContain(NetworkInterface.GetAllNetworkInterfaces(), n => n.Name == "onlyhere");
    }

    [Theory]
    [InlineData("", NodeErrorId.NamespaceInvalid)]
    [InlineData("..", NodeErrorId.NamespaceInvalid)]
    [InlineData("no-such-name", NodeErrorId.NamespaceNotFound)]
    [InlineData("0", NodeErrorId.NamespaceNotFound)]
    [InlineData("2147483646", NodeErrorId.NamespaceNotFound)]
    [InlineData("99999999999", NodeErrorId.NamespaceNotFound)]
    [InlineData("/nowhere/at/all", NodeErrorId.NamespaceNotFound)]
    [InlineData("/proc/self/ns/uts", NodeErrorId.NamespaceInvalid)]
    [InlineData("/etc/passwd", NodeErrorId.NamespaceInvalid)]
    [InlineData("/tmp", NodeErrorId.NamespaceInvalid)]
    public void WhatIsNoNamespaceIsSaid(string spec, string errorId)
    {
        int before = Descriptors();
        NodeException thrown = Assert.Throws<NodeException>(() => NetworkNamespace.Within(spec, () => 1));
        Assert.Equal(errorId, thrown.ErrorId);
        Assert.NotNull(thrown.Advice);
        Assert.Equal(before, Descriptors());
    }

    [Fact]
    public void WithoutTheCapabilityTheErrorNamesIt()
    {
        using LabNamespace lab = LabNamespace.Create();
        string home = NetworkNamespace.Current;
        LabPrivileges.RunWithoutCapabilities(() =>
        {
            NodeException thrown = Assert.Throws<NodeException>(() => NetworkNamespace.Within(lab.Name, () => 1));
            Assert.Equal(NodeErrorId.NamespacePermission, thrown.ErrorId);
            Assert.Contains("CAP_SYS_ADMIN", thrown.Message, StringComparison.Ordinal);
            Assert.Contains("sudo", thrown.Advice, StringComparison.Ordinal);

            // One's own namespace needs none, also when it is named by a process id.
            string self = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(home, NetworkNamespace.Within(self, () => NetworkNamespace.Current));
        });
    }

    [Fact]
    public void AnUnfriendlyNameReachesNoTerminalRaw() =>
        Assert.DoesNotContain('\x1b', Assert.Throws<NodeException>(() => NetworkNamespace.Open("\x1b[2Jx")).Message);

    private static string OfThread() => new FileInfo("/proc/thread-self/ns/net").LinkTarget!;

    /// <summary>The process's open descriptors of namespaces. The runtime opens and closes others of its own at any
    /// time.</summary>
    private static int Descriptors() =>
        Directory.GetFileSystemEntries("/proc/self/fd").Count(fd => new FileInfo(fd).LinkTarget is { } target
            && (target.StartsWith("net:", StringComparison.Ordinal)
                || target.StartsWith("/run/netns/", StringComparison.Ordinal)));
}
