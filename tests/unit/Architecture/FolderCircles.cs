namespace VxlanCsum.UnitTests.Architecture;

/// <summary>Finds circles among folders.</summary>
internal static class FolderCircles
{
    /// <summary>Every pair of folders that reach each other, as "A <-> B".</summary>
    public static List<string> Of(IReadOnlyDictionary<string, HashSet<string>> arrows)
    {
        Dictionary<string, HashSet<string>> reach = arrows.ToDictionary(static a => a.Key, a => Reach(a.Key, arrows));
        return
        [
            .. from a in reach.Keys
               from b in reach[a]
               where string.CompareOrdinal(a, b) < 0 && reach.TryGetValue(b, out HashSet<string>? back)
                   && back.Contains(a)
               select $"{a} <-> {b}",
        ];
    }

    private static HashSet<string> Reach(string from, IReadOnlyDictionary<string, HashSet<string>> arrows)
    {
        HashSet<string> seen = [];
        Stack<string> open = new([from]);
        while (open.TryPop(out string? at))
        {
            foreach (string next in arrows.GetValueOrDefault(at, []).Where(seen.Add))
            {
                open.Push(next);
            }
        }

        return seen;
    }
}
