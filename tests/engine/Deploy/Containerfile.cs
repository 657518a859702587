using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Deploy;

/// <summary>The instructions of deploy/container/Containerfile.</summary>
public static class Containerfile
{
    /// <summary>Each with its lines joined.</summary>
    public static IReadOnlyList<string> Instructions { get; } =
    [
        .. string.Join('\n',
            File.ReadAllLines(Repository.PathOf("deploy", "container", "Containerfile"))
                .Where(static line => !line.StartsWith('#')))
            .Replace("\\\n", " ", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    ];

    /// <summary>What it copies from the checkout: source and destination folder.</summary>
    public static IEnumerable<(string Source, string Destination)> Copies()
    {
        foreach (string[] words in Instructions.Where(
            static line => line.StartsWith("COPY ", StringComparison.Ordinal)
                && !line.Contains("--from=", StringComparison.Ordinal)).Select(static line => line.Split(' ')))
        {
            foreach (string source in words[1..^1].SelectMany(Resolve))
            {
                yield return (source, words[^1]);
            }
        }
    }

    /// <summary>A pattern stands for the files that it matches: for one at least, or the build would fail.</summary>
    private static IEnumerable<string> Resolve(string source)
    {
        if (!source.Contains('*'))
        {
            return [source];
        }

        string[] matching = [.. Directory.EnumerateFiles(Repository.Root, source)
            .Select(static file => Path.GetFileName(file))];
        Assert.NotEmpty(matching);
        return matching;
    }

    /// <summary>Lays a folder as the build stage has it, .dockerignore kept.</summary>
    public static void CopyTo(string folder)
    {
        foreach ((string source, string destination) in Copies())
        {
            string from = Repository.PathOf(source);
            if (File.Exists(from))
            {
                File.Copy(from, Path.Combine(folder, destination, Path.GetFileName(from)));
                continue;
            }

            foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                string relative = Path.GetRelativePath(from, file);
                if (!relative.Split('/').Any(static part => part is "bin" or "obj"))
                {
                    string to = Path.Combine(folder, destination, relative);
                    Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                    File.Copy(file, to);
                }
            }
        }
    }
}
