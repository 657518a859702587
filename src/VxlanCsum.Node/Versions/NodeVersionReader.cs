using VxlanCsum.Advisories;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Node.Versions;

/// <summary>The versions of this node, from its files and from programs of its own that tell theirs. Nothing of a
/// container is run.</summary>
internal static class NodeVersionReader
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>What can be told; the network namespace within which it is read decides about the cards.</summary>
    /// <exception cref="NodeException">This is not Linux.</exception>
    public static NodeVersions Read(CancellationToken cancellation)
    {
        NetworkLinks.RequireLinux("versions");
        IReadOnlyDictionary<string, string> tags = ContainerTags(cancellation);
        return new NodeVersions
        {
            NodeName = Environment.MachineName,
            KernelRelease = File("/proc/sys/kernel/osrelease"),
            KernelBuild = File("/proc/version_signature") ?? File("/proc/sys/kernel/version"),
            Distribution = (File("/etc/os-release") ?? File("/usr/lib/os-release")) is { } text
                ? VersionTexts.Distribution(text) : null,
            Kubelet = Ask("kubelet", "--version", cancellation) ?? Ask("k3s", "--version", cancellation)
                ?? Ask("rke2", "--version", cancellation),
            KubeProxy = tags.GetValueOrDefault("kube-proxy") ?? Ask("kube-proxy", "--version", cancellation),
            Calico = tags.GetValueOrDefault("calico-node") ?? Ask("/opt/cni/bin/calico", "-v", cancellation),
            Flannel = tags.GetValueOrDefault("kube-flannel") ?? Ask("flanneld", "--version", cancellation),
            Drivers = Drivers(),
        };
    }

    private static string? File(string path)
    {
        try
        {
            return System.IO.File.ReadAllText(path).Trim() is { Length: > 0 } text ? text : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Ask(string program, string argument, CancellationToken cancellation) =>
        Say(program, [argument], cancellation) is { } said ? VersionTexts.Of(said) : null;

    private static string? Say(string program, string[] arguments, CancellationToken cancellation)
    {
        if (CommandRunner.Find(program) is not { } path)
        {
            return null;
        }

        try
        {
            // flanneld says its version on standard error.
            CommandResult said = CommandRunner.Run(path, arguments, s_patience, cancellation: cancellation);
            return said.Succeeded ? $"{said.Text}\n{said.Error}" : null;
        }
        catch (NodeException)
        {
            return null;
        }
    }

    /// <summary>In most clusters kube-proxy and the network plugin are containers: the tags of their images
    /// tell.</summary>
    private static IReadOnlyDictionary<string, string> ContainerTags(CancellationToken cancellation)
    {
        CommandResult? Crictl(string what) =>
            Try(() => CommandRunner.Run("crictl", ["--timeout", "5s", what, "-o", "json"], s_patience,
                cancellation: cancellation));
        if (CommandRunner.Find("crictl") is null || Crictl("ps") is not { Succeeded: true } ps
            || Crictl("images") is not { Succeeded: true } images)
        {
            return new Dictionary<string, string>();
        }

        try
        {
            return VersionTexts.ContainerTags(ps.Text, images.Text);
        }
        catch (FormatException)
        {
            return new Dictionary<string, string>();
        }
    }

    private static CommandResult? Try(Func<CommandResult> run)
    {
        try
        {
            return run();
        }
        catch (NodeException)
        {
            return null;
        }
    }

    private static string[] Drivers()
    {
        try
        {
            return [.. TunnelLinks.Read().Select(static t => t.UnderlyingDriver).OfType<string>()
                .Distinct(StringComparer.Ordinal)];
        }
        catch (NodeException)
        {
            return [];
        }
    }
}
