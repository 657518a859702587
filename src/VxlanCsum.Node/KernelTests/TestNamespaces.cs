using System.Globalization;
using System.Security.Cryptography;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Ethtool;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.KernelTests;

/// <summary>Two throwaway network namespaces joined by a cable that offloads nothing. Nothing of them touches the
/// host's own.</summary>
internal sealed class TestNamespaces : IDisposable
{
    private const string Prefix = "vxlancsum-";

    /// <exception cref="NodeException">A program or a capability is missing.</exception>
    public TestNamespaces()
    {
        RemoveLeftovers();
        string name = string.Create(CultureInfo.InvariantCulture,
            $"{Prefix}{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
        (Sender, Receiver) = (name + "-a", name + "-b");
        try
        {
            Ip("netns", "add", Sender);
            Ip("netns", "add", Receiver);
            Ip("-n", Sender, "link", "add", "up0", "type", "veth", "peer", "name", "up0", "netns", Receiver);
            foreach ((string place, string address) in (ReadOnlySpan<(string, string)>)[(Sender, "192.0.2.1/24"),
                (Receiver, "192.0.2.2/24")])
            {
                Ip("-n", place, "addr", "add", address, "dev", "up0");
                Ip("-n", place, "link", "set", "up0", "up");

                // A veth hands half-made packets on as they are, and the other end trusts them.
                NetworkNamespace.Within(place, static () =>
                {
                    using EthtoolClient client = EthtoolClient.Open();
                    NetworkLink link = NetworkLinks.Read().First(static l => l.Name == "up0");
                    client.WriteFeatures(link,
                        new Dictionary<string, bool>
                        {
                            ["tx-checksum-ip-generic"] = false,
                            ["tx-generic-segmentation"] = false
                        });
                    return true;
                });
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Sender { get; }

    public string Receiver { get; }

    /// <summary>Runs ip(8), which must succeed.</summary>
    /// <exception cref="NodeException">It failed.</exception>
    public static void Ip(params string[] arguments) => Run("ip", arguments);

    /// <summary>Runs a program, which must succeed.</summary>
    /// <exception cref="NodeException">It failed.</exception>
    public static void Run(string program, params string[] arguments)
    {
        CommandResult result = CommandRunner.Run(program, arguments);
        if (!result.Succeeded)
        {
            bool permission = result.Error.Contains("not permitted", StringComparison.Ordinal)
                || result.Error.Contains("ermission denied", StringComparison.Ordinal);
            throw new NodeException(NodeErrorId.KernelTestFailed,
                permission ? NodeFailure.Permission : NodeFailure.Failed, program,
                $"The test could not be set up: {program} {string.Join(' ', arguments)}: {result.Complaint}",
                permission ? "It makes network namespaces, which needs root: run PowerShell with sudo."
                    : "The kernel needs veth, vxlan and NAT (nf_nat); some containers and sandboxes have none of "
                        + "them.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (string name in (ReadOnlySpan<string>)[Sender, Receiver])
        {
            if (File.Exists("/run/netns/" + name))
            {
                CommandRunner.Run("ip", ["netns", "del", name]);
            }
        }
    }

    /// <summary>What a test left that was killed.</summary>
    private static void RemoveLeftovers()
    {
        foreach (string name in NetworkNamespaceNames.List()
            .Where(static n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            if (name[Prefix.Length..].Split('-') is [var process, _, "a" or "b"]
                && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out _)
                && !Directory.Exists("/proc/" + process))
            {
                CommandRunner.Run("ip", ["netns", "del", name]);
            }
        }
    }
}
