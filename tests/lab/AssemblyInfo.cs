using Xunit.Sdk;
using Xunit.v3;

// The tests count this process's descriptors and threads and load a whole machine's devices: one at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
