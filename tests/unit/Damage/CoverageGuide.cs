using System.Reflection;
using System.Runtime.Loader;
using SharpFuzz;
using SharpFuzz.Common;

namespace VxlanCsum.UnitTests.Damage;

/// <summary>
/// Runs <see cref="FuzzTargets"/> over copies of the product's assemblies that count which branches they take, in a
/// context of their own: the other tests keep the assemblies as they are shipped. The counts are those of AFL: a byte
/// for each pair of branches, in classes of how often it was taken.
/// </summary>
public sealed unsafe class CoverageGuide : IDisposable
{
    private const int Places = 1 << 16;
    private static readonly string[] s_instrumented = ["VxlanCsum.Core", "VxlanCsum.Node"];
    private readonly string _folder = Directory.CreateTempSubdirectory("vxlancsum-fuzz-").FullName;
    private readonly byte[] _counts = GC.AllocateArray<byte>(Places, pinned: true);
    private readonly byte[] _seen = new byte[Places];
    private readonly Copies _copies;
    private readonly Func<string, byte[], bool> _refuses;

    public CoverageGuide()
    {
        foreach (string name in s_instrumented)
        {
            string copy = Path.Combine(_folder, name + ".dll");
            File.Copy(Path.Combine(AppContext.BaseDirectory, name + ".dll"), copy);
            Fuzzer.Instrument(copy, static _ => true, Options.Value);
        }

        _copies = new Copies(_folder);
        _refuses = _copies.LoadFromAssemblyName(typeof(FuzzTargets).Assembly.GetName())
            .GetType(typeof(FuzzTargets).FullName!)!.GetMethod(nameof(FuzzTargets.Refuses))!
            .CreateDelegate<Func<string, byte[], bool>>();
    }

    /// <summary>Pairs of branches that were taken so far.</summary>
    public int Reached => _seen.Count(static s => s != 0);

    /// <summary>Another reader is next: nothing was taken yet.</summary>
    public void Forget() => Array.Clear(_seen);

    /// <summary>Has a reader read.</summary>
    /// <returns>Whether it refused, and whether a branch was taken that no input before had taken as often.</returns>
    public (bool IsRefused, bool IsNew) Read(string reader, byte[] input)
    {
        Array.Clear(_counts);
        fixed (byte* counts = _counts)
        {
            Trace.SharedMem = counts;
        }

        Trace.PrevLocation = 0;
        return (_refuses(reader, input), Add());
    }

    private bool Add()
    {
        bool isNew = false;
        for (int place = 0; place < Places; place++)
        {
            if (_counts[place] != 0 && (_seen[place] | Class(_counts[place])) is var together && together != _seen[place])
            {
                _seen[place] = (byte)together;
                isNew = true;
            }
        }

        return isNew;
    }

    private static byte Class(byte count) => count switch
    {
        1 => 1,
        2 => 2,
        3 => 4,
        < 8 => 8,
        < 16 => 16,
        < 32 => 32,
        < 128 => 64,
        _ => 128,
    };

    public void Dispose()
    {
        _copies.Unload();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The copies, this test's own assembly bound to them, and of all else what the tests use.</summary>
    private sealed class Copies(string folder) : AssemblyLoadContext("instrumented", isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName name)
        {
            string copy = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(copy) ? LoadFromAssemblyPath(copy)
                : name.Name == typeof(FuzzTargets).Assembly.GetName().Name
                    ? LoadFromAssemblyPath(typeof(FuzzTargets).Assembly.Location)
                : null;
        }
    }
}
