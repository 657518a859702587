using VxlanCsum.Node.Errors;

namespace VxlanCsum.Node.Rules;

/// <summary>From what a program said when it failed to what was wrong and what to do.</summary>
internal static class RuleErrors
{
    // iptables' RESOURCE_PROBLEM: the lock, or netlink.
    private const int ResourceProblem = 4;

    public static NodeException Failed(string program, int exitCode, string said)
    {
        if (Says(said, "Permission denied") || Says(said, "Operation not permitted") || Says(said, "you must be root"))
        {
            return new NodeException(NodeErrorId.RulesPermission, NodeFailure.Permission, program,
                $"{program} may not read the rules: {said}",
                "Run as root (sudo), or with the capability CAP_NET_ADMIN in the network namespace.");
        }

        if (Says(said, "xtables lock") || (exitCode == ResourceProblem && Says(said, "temporarily unavailable")))
        {
            return new NodeException(NodeErrorId.RulesLockBusy, NodeFailure.Refused, program,
                $"{program} found the rules locked by another program: {said}",
                "kube-proxy and the network plugin hold the lock for moments: try again.");
        }

        return new NodeException(NodeErrorId.RulesUnreadable, NodeFailure.Failed, program, $"{program} failed: {said}");
    }

    public static NodeException Changed() => new(
        NodeErrorId.RulesLockBusy, NodeFailure.Refused, "nf_tables",
        "The rules were changed while they were read.",
        "kube-proxy and the network plugin write them again and again: try again.");

    public static NodeException NothingInstalled() => new(
        NodeErrorId.CommandNotFound, NodeFailure.NotFound, "iptables-save",
        "No program is installed that shows rules: neither iptables-save nor nft.",
        "Install the package iptables or nftables, or give -Path a file saved on the node; on a node whose "
        + "kube-proxy brings its own iptables, run its iptables-save.");

    public static NodeException HiddenLegacyRules(string table) => new(
        NodeErrorId.RulesUnreadable, NodeFailure.NotFound, "iptables-legacy-save",
        $"The kernel holds iptables-legacy's table {table}, and no program is installed that shows it.",
        "Install iptables with its legacy flavour: these rules count, too.");

    /// <summary>The rules were changed while they were listed.</summary>
    public static bool IsPassing(int exitCode, string said) =>
        Says(said, "Interrupted system call") || Says(said, "generation")
            || (exitCode == ResourceProblem && Says(said, "temporarily unavailable"));

    private static bool Says(string text, string words) => text.Contains(words, StringComparison.OrdinalIgnoreCase);
}
