using System.Globalization;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.LabTests;

/// <summary>
/// A throwaway network namespace of `ip netns`, with loopback up. Removing it removes the devices in it, and with a
/// veth also its other end. Names hold the process id, so that what a killed run left behind is recognised and removed.
/// </summary>
public sealed class LabNamespace : IDisposable
{
    private const string Prefix = "vxlab-";
    private static readonly Lock s_lock = new();
    private static int s_count;

    private readonly List<IDisposable> _kept = [];

    private LabNamespace(string name) => Name = name;

    /// <summary>For `ip netns exec` and -NetworkNamespace.</summary>
    public string Name { get; }

    /// <summary>Its file.</summary>
    public string Path => "/run/netns/" + Name;

    /// <summary>Makes one; skips the test, with the reason, where that is not possible.</summary>
    public static LabNamespace Create()
    {
        Require("ip");
        lock (s_lock)
        {
            if (s_count == 0)
            {
                RemoveLeftovers();
            }

            string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{++s_count}");
            LabCommand.Run("ip", "netns", "add", name);
            var created = new LabNamespace(name);
            created.Ip("link", "set", "lo", "up");
            return created;
        }
    }

    /// <summary>Skips the test, with the reason, unless this is Linux, we are root, and the programs are
    /// there.</summary>
    public static void Require(params string[] programs)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux: network namespaces");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: makes network namespaces");
        foreach (string program in programs)
        {
            Assert.SkipUnless(LabCommand.Exists(program), $"needs {program}. {CommandRunner.Missing(program).Advice}");
        }
    }

    /// <summary>A veth pair with one end in each namespace, both up.</summary>
    public static void Connect(LabNamespace left, string leftDevice, LabNamespace right, string rightDevice)
    {
        left.IpBatch([$"link add {leftDevice} type veth peer name {rightDevice} netns {right.Name}",
            $"link set dev {leftDevice} up"]);
        right.Ip("link", "set", "dev", rightDevice, "up");
    }

    /// <summary>`ip -n NAME ...`; its output.</summary>
    public string Ip(params string[] arguments) => LabCommand.Run("ip", ["-n", Name, .. arguments]);

    /// <summary>Several commands of ip in one run of it.</summary>
    public void IpBatch(params string[] commands) =>
        LabCommand.Feed(string.Join('\n', commands), "ip", "-n", Name, "-batch", "-");

    /// <summary>Runs a program in the namespace; its output.</summary>
    public string Run(string file, params string[] arguments) =>
        LabCommand.Run("ip", ["netns", "exec", Name, file, .. arguments]);

    /// <summary>Runs a program in the namespace that is given a text.</summary>
    public void Feed(string input, string file, params string[] arguments) =>
        LabCommand.Feed(input, "ip", ["netns", "exec", Name, file, .. arguments]);

    /// <summary>Runs a program that may fail.</summary>
    public LabCommandResult TryRun(string file, params string[] arguments) =>
        LabCommand.TryRun("ip", ["netns", "exec", Name, file, .. arguments]);

    /// <summary>Runs short work that awaits nothing, such as opening sockets and sending, on a thread in the
    /// namespace.</summary>
    public T Inside<T>(Func<T> work) => NetworkNamespace.Within(Name, () => NetworkNamespace.Enter(work));

    /// <summary>Disposes something, such as another namespace, with this one.</summary>
    public void Keep(IDisposable other) => _kept.Add(other);

    /// <summary>Removes the namespace with its devices; once only.</summary>
    public void Dispose()
    {
        if (File.Exists(Path))
        {
            LabCommand.TryRun("ip", "netns", "del", Name);
        }

        _kept.ForEach(k => k.Dispose());
        _kept.Clear();
    }

    private static void RemoveLeftovers()
    {
        if (!Directory.Exists("/run/netns"))
        {
            return;
        }

        foreach (string file in Directory.EnumerateFiles("/run/netns", Prefix + "*"))
        {
            string name = System.IO.Path.GetFileName(file);
            if (!Directory.Exists("/proc/" + name[Prefix.Length..].Split('-')[0]))
            {
                LabCommand.TryRun("ip", "netns", "del", name);
            }
        }
    }
}
