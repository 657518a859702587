using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Browsing;

/// <summary>One page of Export-ChecksumReport with a fault, its cure, and texts that would break out: in names, rules,
/// evidence and the title.</summary>
public sealed class ReportPage : IDisposable
{
    private const string Script = """
        param($data, $page, $hostile)
        function Fake($type, $properties) {
            $o = [pscustomobject]$properties
            $o.PSObject.TypeNames.Insert(0, "Deserialized.VxlanCsum.$type")
            $o
        }
        & {
            Test-VxlanChecksum "$data/captures/udpcsum-on-random.pcap"
            Measure-PcapChecksum "$data/captures/*.pcap"
            Trace-KubePostrouting -Path "$data/rules/g1.iptables-legacy-save.txt"
            Trace-KubePostrouting -Path "$data/rules/fix-unmark-postrouting.iptables-legacy-save.txt"
            Fake NodeDiagnosis @{ NodeName = $hostile; Verdict = 'AtRisk'; Explanation = $hostile; Recommendation = $hostile;
                Findings = @(@{ Severity = $hostile; Message = $hostile; Evidence = @($hostile) } | ForEach-Object { [pscustomobject]$_ }) }
            Fake NodeRisk @{ Name = $hostile; Risk = 'Likely'; Reason = $hostile; KernelVersion = $hostile; Notes = @($hostile) }
            Fake VxlanChecksumResult @{ OuterSource = $hostile; OuterDestination = $hostile; TunnelType = 'Vxlan'; Cause = $hostile;
                Packets = 10; BadPackets = 3; IsFault = $true; Confidence = 0.5; Explanation = $hostile; Path = @($hostile); Evidence = @($hostile, $hostile) }
            Fake CaptureSummary @{ Path = $hostile; Packets = 4; Good = 4; Complete = $true;
                FirstTimestamp = [datetime]::new(2026, 1, 1); LastTimestamp = [datetime]::new(2026, 1, 2) }
            Fake RuleTrace @{ Verdict = 'DoubleSnat'; Family = 'IPv4'; TunnelInterface = $hostile; Explanation = $hostile;
                OffendingRule = $hostile; Walk = "$hostile`n$hostile"; Steps = @('flat') }
            Fake MitigationReceipt @{ Kind = 'UnmarkTunnel'; Changed = $true; Verified = $true; Before = @($hostile); After = @($hostile);
                Steps = @($hostile); Verification = @($hostile); UndoCommand = $hostile }
            Test-VxlanChecksum "$data/captures/kube-fix-mangle-unmark.pcap"
        } | Export-ChecksumReport $page -Title "Node 7 $hostile"
        """;

    private const string Hostile =
        "<script>window.owned=1</script><img src=\"https://evil.invalid/x\" "
        + "onerror=\"window.owned=1\"></title></style></svg><style>@import 'https://evil.invalid/y'</style><iframe "
        + "src=\"javascript:parent.owned=1\"></iframe>\u001b[31m \"' onmouseover=owned=1 {{owned}} \uffff";

    private readonly TemporaryFolder _folder = new();

    /// <summary>Writes it.</summary>
    public ReportPage()
    {
        Path = System.IO.Path.Combine(_folder.Path, "report.html");
        using ModuleSession session = new();
        session.Run(Script, Repository.Data(), Path, Hostile).Succeeded();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
