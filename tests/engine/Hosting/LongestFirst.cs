using Xunit.Sdk;
using Xunit.v3;

namespace VxlanCsum.EngineTests.Hosting;

/// <summary>A class of tests that takes minutes.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class LongAttribute : Attribute;

/// <summary>Classes that take minutes begin first: the last of them would go on when all others have ended.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] s_long = [.. typeof(LongestFirst).Assembly.GetTypes()
        .Where(static t => t.IsDefined(typeof(LongAttribute), inherit: false)).Select(static t => t.FullName!)];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(static c => IsLong(c.TestCollectionDisplayName) ? 0 : 1)];

    /// <summary>A class that says nothing of collections has one of its own, named after it.</summary>
    private static bool IsLong(string collection) =>
        s_long.Any(name => collection.Contains(name, StringComparison.Ordinal));
}
