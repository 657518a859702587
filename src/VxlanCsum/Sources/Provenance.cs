using System.Globalization;
using System.Management.Automation;
using System.Net;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Versions;
using VxlanCsum.Reports.Reading;
using VxlanCsum.Text;

namespace VxlanCsum.Sources;

/// <summary>Whether what came through the pipeline is about this node. Alive or deserialised makes no
/// difference.</summary>
internal static class Provenance
{
    private static string Here => SafeText.Escape(Environment.MachineName);

    /// <summary>Looks where a finding is from; the node's addresses are read in the calling thread's network
    /// namespace.</summary>
    /// <returns>Why it is not about this node; null where it is, or does not say.</returns>
    /// <exception cref="NodeException">The addresses cannot be read.</exception>
    public static string? Foreign(PSObject given)
    {
        var finding = new PipelineObject(given);
        return finding.TypeName switch
        {
            nameof(NodeDiagnosis) or nameof(ChecksumMitigation) => OtherNode(finding),
            nameof(RuleTrace) when finding.Text(nameof(RuleTrace.Origin)) == nameof(EvidenceOrigin.Saved) =>
                $"Its rules were read from text, which does not say that they are those of this node, '{Here}'.",
            nameof(VxlanChecksumResult) => OtherSender(finding),

            // What ConvertFrom-Json made of one has no type any more, but still says where it is from.
            _ when finding.Text(nameof(VxlanChecksumResult.OuterSource)) is { Length: > 0 } => OtherSender(finding),
            _ when finding.Text(nameof(NodeDiagnosis.NodeName)) is { Length: > 0 } => OtherNode(finding),
            _ => finding.Children("Mitigations")
                .Where(static m => m.Text(nameof(ChecksumMitigation.NodeName)) is { Length: > 0 })
                .Select(OtherNode).FirstOrDefault(static o => o is not null),
        };
    }

    private static string? OtherNode(ReportObject finding)
    {
        string? name = finding.Text(nameof(NodeDiagnosis.NodeName)), id = finding.Text(nameof(NodeDiagnosis.NodeId));
        bool same = string.IsNullOrEmpty(id) || NodeIdentity.Id is null ? name == Environment.MachineName
            : id == NodeIdentity.Id;
        return string.IsNullOrEmpty(name) || same ? null
            : $"It is about the node "
                + $"'{SafeText.Escape(name, 64)}'"
                + $"{(finding.Text(nameof(NodeDiagnosis.Origin)) == nameof(EvidenceOrigin.Saved)
                    ? ", and was saved there" : "")}; this one is '{Here}'.";
    }

    private static string? OtherSender(ReportObject finding)
    {
        if (finding.Texts(nameof(VxlanChecksumResult.Mitigations)).Count == 0)
        {
            return null;
        }

        IReadOnlyDictionary<IPAddress, int> own = NetworkLinks.ReadWithAddresses().Addresses;
        string[] senders = [
            .. ((string[])[nameof(VxlanChecksumResult.OuterSource),
                nameof(VxlanChecksumResult.ImpliedOriginalAddress)]).Select(finding.Text).OfType<string>()
                .Where(static s => s.Length > 0)];
        return senders.Any(s => IPAddress.TryParse(s, out IPAddress? address) && own.ContainsKey(address))
            ? OtherPort(finding)
            : $"The sender of these packets is {SafeText.Escape(senders.FirstOrDefault() ?? "not known", 64)}, which "
                + $"is no address of this node, '{Here}' "
                + $"({string.Join(", ", own.Keys.Where(static a => !IPAddress.IsLoopback(a)).Take(8))}).";
    }

    /// <summary>What is changed here is about this node's own tunnels.</summary>
    private static string? OtherPort(ReportObject finding)
    {
        ushort[] own = [.. TunnelLinks.Read().Select(static t => t.Port).OfType<ushort>().Distinct().Order()];
        return finding.Number(nameof(VxlanChecksumResult.TunnelPort)) is not { } port || own.Length == 0
            || own.Any(o => o == port) ? null
            : string.Create(CultureInfo.InvariantCulture, $"These packets went to UDP port {port}, which no tunnel of "
                + $"this node, '{Here}', uses ({string.Join(", ", own)}).");
    }
}
