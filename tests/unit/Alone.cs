using Xunit;

namespace VxlanCsum.UnitTests;

/// <summary>Tests beside which no other may run: they read what the whole process holds.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
