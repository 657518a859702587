using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.LabTests;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// Most tests wait for packets, counters and programs in namespaces of their own: several classes at a time.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = Alone.MostAtOnce)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
