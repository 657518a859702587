using VxlanCsum.EngineTests.Hosting;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]
