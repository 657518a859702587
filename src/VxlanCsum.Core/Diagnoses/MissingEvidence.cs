namespace VxlanCsum;

/// <summary>Something that a ticket does not show, what it would decide, and the command that prints it.</summary>
/// <param name="What">What is missing: "the checksums: tcpdump ran without -v".</param>
/// <param name="Command">What prints it, to be typed on the node named in <paramref name="Where"/>.</param>
/// <param name="Where">On which machine: "node7", "the receiving node".</param>
/// <remarks>Immutable; fit for ConvertTo-Json. Control characters in it are escaped.</remarks>
public sealed record MissingEvidence(string What, string Command, string Where)
{
    /// <summary>"the rules: on the node, iptables-save".</summary>
    public override string ToString() => $"{What}: on {Where}, {Command}";
}
