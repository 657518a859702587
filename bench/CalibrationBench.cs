using System.Globalization;
using VxlanCsum.Simulation;

namespace VxlanCsum.Bench;

/// <summary>Counts verdicts on simulated captures and writes bench/CALIBRATION.md.</summary>
internal static class CalibrationBench
{
    private const int Captures = 11_000, Seed = 1;

    public static int Run(string[] options)
    {
        int captures = options is ["--captures", { } n, ..] ? int.Parse(n, CultureInfo.InvariantCulture) : Captures;
        Calibration run = Calibration.Run(captures, Seed);
        string file = Path.Combine("bench", "CALIBRATION.md");
        File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"""
            # Are the verdicts as sure as they say?

            Written by `bench/calibration`: {run.Captures} simulated captures with known truth, as many of each kind; seeds {Seed} to {Seed + run.Captures - 1}.
            `bench/Simulation` makes them with arithmetic of its own: 1 to 8 flows of 1 to 6 packets, IPv4 and IPv6, with and without outer
            checksum, seen at the sender or the receiver, one or both directions, retransmissions, ARP and ICMP inside, a few damaged packets besides.

            {run.ToMarkdown()}
            | what | measured | wanted |
            |---|---:|---:|
            | right in all | {Calibration.Share(run.Right, run.Captures)} | |
            | wrong at 0.95 or more | {Calibration.Share(run.WrongAt95, run.Captures)} ({run.WrongAt95}) | 0.5 % |
            | wrong at 0.99 or more | {Calibration.Share(run.WrongAt99, run.Captures)} ({run.WrongAt99}) | 0.1 % |
            | healthy or unfinished captures accused | {run.HealthyAccused} | 0 |
            | right with three flows of two packets or more | {Calibration.Share(run.AmpleRight, run.Ample)} of {run.Ample} | 95 % |
            | the most a lone packet made of defect A or B (all ones apart) | {run.LonePacketMost:0.00} | 0.7 |

            Where it was sure and wrong:

            {string.Join('\n', run.SureAndWrong.Select(static w => "- " + w))}

            """));
        Console.WriteLine(File.ReadAllText(file));
        return 0;
    }
}
