using System.Runtime.InteropServices;

namespace VxlanCsum.UnitTests.Architecture;

/// <summary>What <see cref="PlatformWalk"/> is to see through: each reaches a call of Linux, or does on Linux
/// alone.</summary>
internal static class PlatformSamples
{
    [DllImport("libc", EntryPoint = "getpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ProcessId();

    private static void RequireLinux()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException();
        }
    }

    private static bool IsAsked(int number) => number > 7 && OperatingSystem.IsLinux();

    internal sealed class Plain : Sample
    {
        public override int Run(int number) => number > 7 ? ProcessId() : 0;
    }

    internal sealed class ByDelegate : Sample
    {
        public override int Run(int number) => Enumerable.Range(0, number).Sum(static _ => ProcessId());
    }

    internal sealed class ByIterator : Sample
    {
        public override int Run(int number) => Numbers(number).First();

        private static IEnumerable<int> Numbers(int number)
        {
            yield return number;
            yield return ProcessId();
        }
    }

    internal sealed class ByTask : Sample
    {
        public override int Run(int number) => AskAsync(number).Result;

        private static async Task<int> AskAsync(int number)
        {
            await Task.Yield();
            return number + ProcessId();
        }
    }

    internal sealed class ByOverride : Sample
    {
        private readonly Sample _other = new Plain();

        public override int Run(int number) => _other.Run(number);
    }

    internal sealed class WhereItFails : Sample
    {
        public override int Run(int number)
        {
            try
            {
                return int.Parse($"{number}", System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (FormatException)
            {
                return ProcessId();
            }
        }
    }

    internal sealed class Asked : Sample
    {
        public override int Run(int number) => OperatingSystem.IsLinux() ? ProcessId() : 0;
    }

    internal sealed class AskedElsewhere : Sample
    {
        public override int Run(int number) => IsAsked(number) ? ProcessId() : 0;
    }

    internal sealed class Required : Sample
    {
        public override int Run(int number)
        {
            RequireLinux();
            return ProcessId();
        }
    }

    internal sealed class NeverMade : Sample
    {
        public override int Run(int number) => OperatingSystem.IsLinux() ? new Plain().Run(number) : Other(null, number);

        private static int Other(Plain? plain, int number) => plain?.Run(number) ?? 0;
    }

    /// <summary>The framework calls it.</summary>
    internal abstract class Sample : IComparable<int>
    {
        public abstract int Run(int number);

        public int CompareTo(int other) => Run(other);
    }
}
