using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Ethtool;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Offloads;

namespace VxlanCsum.LabTests;

public sealed class OffloadFeatureTests(EngineFixture engine) : IClassFixture<EngineFixture>
{
    [Fact]
    public void EveryFeatureOfEveryDeviceIsWhatEthtoolSays()
    {
        LabNamespace.Require("ethtool");
        using LabNamespace lab = ManyDevices();
        lab.Run("ethtool", "-K", "vx4", "tx", "off");
        string[] devices = [
            .. engine.Run("(Get-OffloadFeature -NetworkNamespace $args[0]).Interface", lab.Name).Values.Cast<string>()
                .Distinct()];
        Assert.Equal(8, devices.Length);
        foreach (string device in devices)
        {
            Compare(device, lab.Name, (file, arguments) => lab.Run(file, arguments));
        }
    }

    [Fact]
    public void EveryFeatureOfTheMachinesOwnDevicesIsWhatEthtoolSays()
    {
        LabNamespace.Require("ethtool");
        foreach (string device in NetworkLinks.Read().Select(l => l.Name))
        {
            Compare(device, null, LabCommand.Run);
        }
    }

    [Theory]
    [InlineData("tx-checksum-ip-generic", false)]
    [InlineData("tx", false)]
    [InlineData("sg", false)]
    [InlineData("tx-scatter-gather", false)]
    [InlineData("gro", false)]
    public void WhatIsDraggedAlongIsWhatEthtoolReports(string name, bool enabled)
    {
        LabNamespace.Require("ethtool");
        using LabNamespace theirs = ManyDevices();
        using LabNamespace ours = ManyDevices();
        foreach (string device in (string[])["vx4", "va"])
        {
            // There and back, so that what is dragged back is compared too.
            foreach (bool on in (bool[])[enabled, !enabled])
            {
                List<OffloadFeature> before = Parse(theirs.Run("ethtool", "-k", device));
                string told = theirs.Run("ethtool", "-K", device, name, on ? "on" : "off");
                List<OffloadFeature> after = Parse(theirs.Run("ethtool", "-k", device));
                OffloadFeature[] changed = Set(ours, device, name, on);
                Assert.Equal(after.Where(f => !f.IsGroup && !before.Contains(f)).Select(f => f.ToString()),
                    changed.Select(f => f.ToString()));

                // What ethtool tells of its own accord: only what came unasked, and only where anything did.
                Assert.All(
                    Parse(told).Where(f => f.Requested is null && !f.IsGroup),
                    f => Assert.Contains((f.Name, f.Active), changed.Select(c => (c.Name, c.Active))));
                Assert.All(changed, f => Assert.Equal((device, ours.Name), (f.Interface, f.NetworkNamespace)));
                Assert.Equal(theirs.Run("ethtool", "-k", device), ours.Run("ethtool", "-k", device));
            }
        }
    }

    [Fact]
    public void WhatIsAsWishedIsLeftAloneAndReturnedOnRequest()
    {
        using LabNamespace lab = ManyDevices();
        Assert.NotEmpty(Set(lab, "vx4", "tx", false));
        Assert.Empty(Set(lab, "vx4", "tx", false));

        // Not even a fixed feature is in the way, nor a missing capability, when there is nothing to do.
        Assert.Empty(Set(lab, "vx4", "tx-checksum-ipv4", false));
        Assert.Equal(["tx-checksum-ip-generic"], engine
            .Run("Set-OffloadFeature vx4 tx $false -PassThru -NetworkNamespace $args[0]", lab.Name).Property("Name"));
    }

    [Fact]
    public void WhatIfChangesNothing()
    {
        using LabNamespace lab = ManyDevices();
        Assert.Empty(engine.Run("Set-OffloadFeature vx*, v[ab] tx $false -NetworkNamespace $args[0] -WhatIf", lab.Name)
            .Succeeded().Output);
        Assert.True(Feature(lab, "vx4", "tx-checksum-ip-generic").Active);
    }

    [Theory]
    [InlineData("tx-checksum-ip-generic, tx-checksum-ipv4", NodeErrorId.OffloadFixed)]
    [InlineData("tx-checksum-ip-generic, no-such-feature", NodeErrorId.OffloadFeatureNotFound)]
    [InlineData("rx-checksum, tx-tcp-segmentation", NodeErrorId.OffloadRefused)]
    [InlineData("tso", NodeErrorId.OffloadRefused)]
    public void WhatIsRefusedLeavesNothingHalfDone(string names, string errorId)
    {
        LabNamespace.Require("ethtool");
        using LabNamespace lab = ManyDevices();
        lab.Run("ethtool", "-K", "vx4", "tx", "off", "rx", "off", "tso", "off");
        string before = lab.Run("ethtool", "--json", "-k", "vx4");
        SessionResult result = engine.Run($"Set-OffloadFeature vx4 {names} $true -NetworkNamespace $args[0]", lab.Name);
        Assert.Equal([errorId], result.ErrorIds);
        Assert.Empty(result.Output);
        Assert.Equal(before, lab.Run("ethtool", "--json", "-k", "vx4"));
        Assert.Equal("vx4", result.Errors[0].TargetObject);
    }

    [Fact]
    public void ARefusalNamesWhatIsLacking()
    {
        using LabNamespace lab = ManyDevices();
        Set(lab, "vx4", "tx", false);
        SessionResult result = engine.Run("Set-OffloadFeature vx4 tx-udp-segmentation $true -NetworkNamespace $args[0]",
            lab.Name);
        Assert.Contains("needs tx-checksum-ip-generic", result.Errors.Single().ErrorDetails.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ASavedStateComesBackThroughThePipeline()
    {
        using LabNamespace lab = ManyDevices();
        const string Script = """
            $saved = Get-OffloadFeature vx*, va -NetworkNamespace $args[0] | Where-Object { -not $_.Fixed }
            $null = Set-OffloadFeature vx*, va tx, sg, gro $false -NetworkNamespace $args[0]
            $changed = (Get-OffloadFeature vx*, va -NetworkNamespace $args[0] | Where-Object { -not $_.Active -and -not $_.Fixed }).Count
            $null = $saved | Set-OffloadFeature -Enabled { $_.Requested }
            $now = Get-OffloadFeature vx*, va -NetworkNamespace $args[0] | Where-Object { -not $_.Fixed }
            $changed
            "$saved" -eq "$now"
            """;
        IReadOnlyList<object> values = engine.Run(Script, lab.Name).Values;
        Assert.True((int)values[0] > 12);
        Assert.Equal(true, values[1]);
    }

    [Fact]
    public void TunnelsComeThroughThePipelineWithTheirNamespace()
    {
        using LabNamespace lab = ManyDevices();
        SessionResult result = engine.Run("Get-VxlanInterface -NetworkNamespace $args[0] | Get-OffloadFeature -Name rx",
            lab.Name);
        Assert.Equal(["vx4", "vx6"], result.Property("Interface"));
        Assert.All(result.Property("NetworkNamespace"), n => Assert.Equal(lab.Name, n));
    }

    [Fact]
    public void AnInterfaceThatVanishesIsSaidToBeGone()
    {
        using LabNamespace lab = ManyDevices();
        (IReadOnlyList<NetworkLink> links,
            EthtoolClient opened) = NetworkNamespace.Within(lab.Name,
                () => (NetworkLinks.Read(), EthtoolClient.Open()));
        using EthtoolClient client = opened;
        NetworkLink vx4 = links.Single(l => l.Name == "vx4");
        Assert.NotEmpty(client.ReadFeatures(vx4));
        lab.Ip("link", "del", "vx4");
        Assert.Equal(NodeErrorId.InterfaceNotFound,
            Assert.Throws<NodeException>(() => client.ReadFeatures(vx4)).ErrorId);
        Assert.Equal(NodeErrorId.InterfaceNotFound,
            Assert.Throws<NodeException>(
                () => client.WriteFeatures(vx4, new Dictionary<string, bool> { ["rx-gro"] = false })).ErrorId);
        Assert.Null(client.TryReadDriver(vx4));
    }

    [Fact]
    public async Task DevicesThatComeAndGoDisturbNoOther()
    {
        using LabNamespace lab = ManyDevices();
        using var stop = new CancellationTokenSource();
        Task churn = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                lab.Ip("link", "add", "coming", "type", "veth", "peer", "name", "going");
                lab.Ip("link", "del", "coming");
            }
        }, TestContext.Current.CancellationToken);
        try
        {
            for (int i = 0; i < 40; i++)
            {
                SessionResult result = engine.Run(
                    "Get-OffloadFeature -Name rx -NetworkNamespace $args[0]; Get-VxlanInterface -NetworkNamespace "
                    + "$args[0]", lab.Name);
                Assert.All(result.ErrorIds, id => Assert.Equal(NodeErrorId.InterfaceNotFound, id));
                Assert.Null(result.Terminating);
                Assert.Contains("vx4", result.Output.Select(o => o.Properties["Interface"].Value));
            }
        }
        finally
        {
            await stop.CancelAsync();
            await churn;
        }
    }

    [Theory]
    [InlineData("'nosuch'", NodeErrorId.InterfaceNotFound)]
    [InlineData("'sixteen-letters-'", NodeErrorId.InterfaceNameInvalid)]
    [InlineData("'with/slash'", NodeErrorId.InterfaceNameInvalid)]
    [InlineData("'with space'", NodeErrorId.InterfaceNameInvalid)]
    [InlineData("'..'", NodeErrorId.InterfaceNameInvalid)]
    [InlineData("'VX4'", NodeErrorId.InterfaceNotFound)]
    public void ABadNameIsAnErrorAndTheOthersAreRead(string name, string errorId)
    {
        using LabNamespace lab = ManyDevices();
        SessionResult result = engine.Run($"Get-OffloadFeature vx4, {name}, va rx -NetworkNamespace $args[0]",
            lab.Name);
        Assert.Equal([errorId], result.ErrorIds);
        Assert.Equal(["vx4", "va"], result.Output.Select(o => o.Properties["Interface"].Value));
        Assert.Equal([errorId],
            engine.Run($"Set-OffloadFeature {name} rx $false -NetworkNamespace $args[0]", lab.Name).ErrorIds);
        Assert.Equal([errorId], engine.Run($"Get-VxlanInterface {name} -NetworkNamespace $args[0]", lab.Name).ErrorIds);
        Assert.Empty(engine.Run("Get-OffloadFeature nosuch* -NetworkNamespace $args[0]", lab.Name).Values);
    }

    [Fact]
    public void ANameThatATerminalWouldObeyIsEscapedAndStillWorks()
    {
        using LabNamespace lab = LabNamespace.Create();
        lab.Ip("link", "add", "\x1b[2Jx", "type", "veth");
        Assert.Equal("\\x1b[2Jx",
            engine.Run("Get-OffloadFeature *2Jx rx -NetworkNamespace $args[0]",
                lab.Name).OnlyOutput.Properties["Interface"].Value);
        Assert.NotEmpty(
            engine.Run("Get-OffloadFeature *2Jx rx -NetworkNamespace $args[0] | Set-OffloadFeature -Enabled $false",
                lab.Name).Values);
    }

    [Fact]
    public void WithoutTheCapabilityReadingWorksAndChangingSaysWhichIsMissing()
    {
        using LabNamespace lab = LabNamespace.Create();
        lab.Ip("link", "add", "va", "type", "veth", "peer", "name", "vb");
        string[] said = LabPrivileges.RunShellWithoutCapabilities(lab, """
            @(Get-OffloadFeature va).Count -gt 0
            $refused = $other = $null
            Set-OffloadFeature va tx $false -ErrorAction SilentlyContinue -ErrorVariable refused
            $refused.FullyQualifiedErrorId
            $refused.ErrorDetails.Message
            $refused.ErrorDetails.RecommendedAction
            Get-OffloadFeature -NetworkNamespace 1 -ErrorAction SilentlyContinue -ErrorVariable other
            $other.FullyQualifiedErrorId
            """);
        Assert.Equal(5, said.Length);
        Assert.Equal("True", said[0]);
        Assert.StartsWith(NodeErrorId.OffloadPermission + ",", said[1], StringComparison.Ordinal);
        Assert.Contains("CAP_NET_ADMIN", said[2], StringComparison.Ordinal);
        Assert.Contains("sudo", said[3], StringComparison.Ordinal);
        Assert.StartsWith(NodeErrorId.NamespacePermission + ",", said[4], StringComparison.Ordinal);
        Assert.True(Feature(lab, "va", "tx-checksum-ip-generic").Active);
    }

    internal static LabNamespace ManyDevices()
    {
        LabNamespace lab = LabNamespace.Create();
        lab.Ip("link", "add", "va", "type", "veth", "peer", "name", "vb");
        lab.Ip("addr", "add", "192.0.2.1/24", "dev", "va");
        lab.Ip("link", "add", "vx4", "type", "vxlan", "id", "7", "dstport", "4789", "local", "192.0.2.1", "dev", "va");
        lab.Ip("link", "add", "vx6", "type", "vxlan", "id", "8", "dstport", "8472", "local", "fd00::1", "remote",
            "fd00::2", "udp6zerocsumtx");
        lab.Ip("link", "add", "br0", "type", "bridge");
        lab.Ip("link", "set", "vb", "master", "br0");
        lab.Ip("tuntap", "add", "tap0", "mode", "tap");
        lab.Ip("link", "add", "mac0", "link", "va", "type", "macvlan");
        return lab;
    }

    private OffloadFeature Feature(LabNamespace lab, string device, string name) =>
        (OffloadFeature)engine.Run("Get-OffloadFeature $args[0] $args[1] -NetworkNamespace $args[2]", device, name,
            lab.Name).OnlyOutput.BaseObject;

    private OffloadFeature[] Set(LabNamespace lab, string device, string name, bool on) =>
        [.. engine.Run("Set-OffloadFeature $args[0] $args[1] $args[2] -NetworkNamespace $args[3]", device, name, on,
            lab.Name).Values.Cast<OffloadFeature>()];

    private void Compare(string device, string? place, Func<string, string[], string> run)
    {
        string script = "Get-OffloadFeature $args[0] -IncludeGroup" + (place is null ? ""
            : " -NetworkNamespace $args[1]");
        OffloadFeature[] rows = [.. engine.Run(script, device, place).Values.Cast<OffloadFeature>()];
        string[] text = run("ethtool", ["-k", device]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"Features for {device}:", text[0]);
        Assert.Equal(text.Skip(1), rows.Select(EthtoolLine));

        // JSON also says what is requested of a fixed feature.
        IReadOnlyList<OffloadFeature> json = OffloadJsonParser.Parse(run("ethtool", ["--json", "-k", device]),
            p => Assert.Fail(p.Message));
        Assert.Equal(json.Select(f => (f.Name, f.Active, f.Requested, f.Fixed)),
            rows.Select(f => (f.Name, f.Active, f.Requested, f.Fixed)));
    }

    private static string EthtoolLine(OffloadFeature row)
    {
        OffloadGroup? group = OffloadTable.FindGroup(row.Group ?? "");
        return group?.OnlyMember == row.Name ? (row with { Name = group.Long }).ToString()
            : (group is null || row.IsGroup ? "" : "\t") + row;
    }

    private static List<OffloadFeature> Parse(string text)
    {
        var parser = new OffloadTextParser(p => Assert.Fail(p.Message));
        return [.. text.Split('\n').SelectMany(parser.Add), .. parser.Finish()];
    }
}
