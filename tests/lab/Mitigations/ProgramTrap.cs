using System.Globalization;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>
/// Stands before the programs that change a node, counts their starts while a change is under way, and at one of them
/// kills who started it: before the program runs, or with the program going on by itself.
/// </summary>
internal sealed class ProgramTrap : IDisposable
{
    private static readonly string[] s_programs =
    [
        "iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft", "iptables-legacy-save",
        "iptables-nft-save", "conntrack", "systemctl", "nft",
        "kubectl",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly string _journal;

    public ProgramTrap(string journal)
    {
        _journal = journal;
        foreach (string program in s_programs)
        {
            string? real = "/usr/sbin:/sbin:/usr/bin:/bin".Split(':').Select(f => Path.Combine(f, program))
                .FirstOrDefault(File.Exists);
            if (real is not null)
            {
                File.WriteAllText(In(program), $$"""
                    #!/bin/bash
                    [ -e "$TRAP_JOURNAL" ] && [ "$(stat -c %s "$TRAP_JOURNAL")" -gt "$TRAP_FROM" ] &&
                      ! tail -n 1 "$TRAP_JOURNAL" | grep -q '"event":"Applied"' || exec {{real}} "$@"
                    n=$(($(cat "$TRAP_COUNT") + 1)); echo $n > "$TRAP_COUNT"
                    if [ $n = "$TRAP_AT" ]; then
                      kill -9 $PPID
                      [ "$TRAP_RUNS" = yes ] || exit 1
                    fi
                    exec {{real}} "$@"
                    """);
                LabCommand.Run("chmod", "755", In(program));
            }
        }
    }

    /// <summary>What a run needs to be trapped at the start of the program of this number.</summary>
    /// <param name="at">Counted from 1.</param>
    /// <param name="runs">The program runs all the same, when who started it is dead.</param>
    public Dictionary<string, string?> Environment(int at, bool runs)
    {
        File.WriteAllText(In("count"), "0");
        long length = File.Exists(_journal) ? new FileInfo(_journal).Length : 0;
        return new Dictionary<string, string?>
        {
            ["PATH"] = _folder.Path + ":" + System.Environment.GetEnvironmentVariable("PATH"),
            ["TRAP_JOURNAL"] = _journal,
            ["TRAP_FROM"] = length.ToString(CultureInfo.InvariantCulture),
            ["TRAP_COUNT"] = In("count"),
            ["TRAP_AT"] = at.ToString(CultureInfo.InvariantCulture),
            ["TRAP_RUNS"] = runs ? "yes" : "no",
        };
    }

    public void Dispose() => _folder.Dispose();

    private string In(string name) => Path.Combine(_folder.Path, name);
}
