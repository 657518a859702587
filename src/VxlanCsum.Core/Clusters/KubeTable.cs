using System.Net;
using System.Text.RegularExpressions;
using VxlanCsum.Text;

namespace VxlanCsum.Clusters;

/// <summary>Reads the table of `kubectl get nodes [-o wide]`. Columns are parted by two blanks or more, as kubectl's
/// printer does.</summary>
internal sealed partial class KubeTable
{
    private readonly List<ClusterNode> _nodes = [];
    private string[]? _columns;

    /// <summary>What it says of nodes: versions are there with -o wide only, but for the kubelet's.</summary>
    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    /// <summary>Pods that do not run, as "kube-system/coredns-5d78c9869d-abcde CrashLoopBackOff".</summary>
    public List<string> Failing { get; } = [];

    /// <summary>Reads a line, stripped; false where it is none of such a table.</summary>
    public bool Add(string line)
    {
        string[] cells = Gap().Split(line.Trim());
        if (cells.Contains("NAME"))
        {
            _columns = cells;
            return true;
        }

        if (_columns is null || cells.Length < 3 || cells.Length > _columns.Length)
        {
            return false;
        }

        // A cut row has fewer cells; what is there stands in its column.
        string? Cell(string column) => Array.IndexOf(_columns, column) is >= 0 and int at && at < cells.Length
            && cells[at] is { Length: > 0 } cell and not ("<none>" or "<unknown>") ? SafeText.Escape(cell) : null;
        if (Cell("NAME") is not { } name)
        {
            return false;
        }

        if (_columns.Contains("ROLES"))
        {
            _nodes.Add(new ClusterNode(name)
            {
                Kubelet = Cell("VERSION"),
                OSImage = Cell("OS-IMAGE"),
                Kernel = Cell("KERNEL-VERSION"),
                Runtime = Cell("CONTAINER-RUNTIME"),
                OperatingSystem = "linux",
                Addresses = IPAddress.TryParse(Cell("INTERNAL-IP"), out IPAddress? address) ? [address] : [],
            });
        }
        else if (_columns.Contains("READY") && Cell("STATUS") is { } status and not ("Running" or "Completed"))
        {
            Failing.Add(Cell("NAMESPACE") is { } space ? $"{space}/{name} {status}" : $"{name} {status}");
        }

        return true;
    }

    [GeneratedRegex(@"\t|\s{2,}", RegexOptions.CultureInvariant)]
    private static partial Regex Gap();
}
