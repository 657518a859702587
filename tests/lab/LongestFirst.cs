using VxlanCsum.LabTests.Deploy;
using VxlanCsum.LabTests.Diagnoses;
using VxlanCsum.LabTests.Docs;
using VxlanCsum.LabTests.Mitigations;
using Xunit.Sdk;
using Xunit.v3;

namespace VxlanCsum.LabTests;

/// <summary>The classes that take minutes begin first: the last of them would go on when all others have ended.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_long = [.. ((Type[])[
        typeof(MitigationCureTests), typeof(KillAtStepTests), typeof(MitigationCrashTests), typeof(NodeExampleTests),
        typeof(MitigationRoundsTests), typeof(OtherCauseTests), typeof(KubePostroutingTests), typeof(FelixOverrideTests),
        typeof(AnsibleTests), typeof(SoakTests)]).Select(static t => t.FullName!)];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(static c => Place(c.TestCollectionDisplayName))];

    /// <summary>A class that says nothing of collections has one of its own, named after it.</summary>
    private static int Place(string collection)
    {
        int place = Array.FindIndex(s_long, name => collection.Contains(name, StringComparison.Ordinal));
        return place < 0 ? s_long.Length : place;
    }
}
