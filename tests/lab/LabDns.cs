using System.Diagnostics;
using System.Globalization;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.LabTests;

/// <summary>A real DNS server, dnsmasq, in a network namespace. It knows kubernetes.default.svc.cluster.local and
/// nothing else.</summary>
public sealed class LabDns : IDisposable
{
    /// <summary>What it answers for kubernetes.default.svc.cluster.local.</summary>
    public const string Answer = "10.96.0.1";

    private readonly Process _server;
    private bool _ended;

    private LabDns(Process server) => _server = server;

    /// <summary>Starts it; it answers when this returns.</summary>
    /// <param name="place">The namespace.</param>
    /// <param name="address">Of the namespace, to listen at.</param>
    /// <param name="port">UDP and TCP.</param>
    public static LabDns Start(LabNamespace place, string address, int port)
    {
        LabNamespace.Require("dnsmasq");
        var start = new ProcessStartInfo("ip",
        [
            "netns", "exec", place.Name, "dnsmasq", "--keep-in-foreground", "--log-facility=-", "--conf-file=/dev/null",
            "--pid-file", "--user=root", "--no-resolv", "--no-hosts",
            "--bind-interfaces", "--listen-address=" + address, "--port=" + port.ToString(CultureInfo.InvariantCulture),
            "--local=/cluster.local/", "--host-record=kubernetes.default.svc.cluster.local," + Answer,
        ])
        {
            RedirectStandardError = true,
        };
        Process server = Process.Start(start)!;
        string said = string.Empty;
        while (server.StandardError.ReadLine() is { } line)
        {
            said += line + "\n";

            // Said once its sockets are open.
            if (line.Contains("started, version", StringComparison.Ordinal))
            {
                _ = server.StandardError.ReadToEndAsync();
                return new LabDns(server);
            }
        }

        server.Dispose();
        throw new InvalidOperationException("dnsmasq did not start: " + said);
    }

    public void Dispose()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
    }
}
