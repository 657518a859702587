using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>The cmdlets, against a staged fault.</summary>
public static class MitigationLab
{
    private const string Invoke =
        "param($kind, $netns, $journal) Invoke-ChecksumMitigation $kind -NetworkNamespace $netns -JournalPath "
        + "$journal -ServiceNetwork 10.96.0.0/16 -Confirm:$false ";

    /// <summary>The programs that a mitigation starts hold the journal's lock. One that a test beside this one starts in the
    /// same instant may get it too, and hold it until it ends.</summary>
    private static string Patiently(string words) =>
        words.Contains("-Timeout", StringComparison.Ordinal) ? words : words + " -Timeout 120";

    /// <summary>Applies a mitigation.</summary>
    public static SessionResult Apply(this ModuleSession session, FaultLab lab, MitigationKind kind,
        string more = "-Force") =>
        session.Run(Invoke + Patiently(more), kind.ToString(), lab.Node.Name, lab.Journal);

    /// <summary>Undoes what the arguments say.</summary>
    public static SessionResult Undo(this ModuleSession session, FaultLab lab, string what) =>
        session.Run($"param($journal) Undo-ChecksumMitigation {Patiently(what)} -JournalPath $journal",
            lab.Journal);

    public static object? Get(this SessionResult result, string property) =>
        result.OnlyOutput.Properties[property].Value;
}
