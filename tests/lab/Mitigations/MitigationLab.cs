using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>The cmdlets, against a staged fault.</summary>
public static class MitigationLab
{
    private const string Invoke =
        "param($kind, $netns, $journal) Invoke-ChecksumMitigation $kind -NetworkNamespace $netns -JournalPath "
        + "$journal -ServiceNetwork 10.96.0.0/16 -Confirm:$false ";

    /// <summary>Applies a mitigation.</summary>
    public static SessionResult Apply(this ModuleSession session, FaultLab lab, MitigationKind kind,
        string more = "-Force") =>
        session.Run(Invoke + more, kind.ToString(), lab.Node.Name, lab.Journal);

    /// <summary>Undoes what the arguments say.</summary>
    public static SessionResult Undo(this ModuleSession session, FaultLab lab, string what) =>
        session.Run($"param($journal) Undo-ChecksumMitigation {what} -JournalPath $journal", lab.Journal);

    public static object? Get(this SessionResult result, string property) =>
        result.OnlyOutput.Properties[property].Value;
}
