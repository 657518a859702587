using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using VxlanCsum.Marks;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Marks;
using VxlanCsum.Node.Mitigations;
using VxlanCsum.Node.Processes;

namespace VxlanCsum.Commands;

/// <summary>Watch-MasqueradeMark: shows which packets reach the masquerading rules with the mark, while a rule is in
/// that makes them known.</summary>
[Cmdlet(VerbsCommon.Watch, "MasqueradeMark", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(MarkedPacket))]
public sealed class WatchMasqueradeMarkCommand : MitigationCommand
{
    private const int LookMilliseconds = 200;

    /// <summary>
    /// Log: a rule logs the packets, and their lines are read from /dev/kmsg. Trace: nf_tables traces them. Auto, the
    /// default: Log, where the kernel logs from the network namespace.
    /// </summary>
    [Parameter]
    public MarkWatchMethod Method { get; set; }

    /// <summary>The bits that ask for masquerading. Default: what KUBE-MARK-MASQ, or kube-proxy's table of nf_tables,
    /// sets.</summary>
    [Parameter]
    [ValidateRange(1u, uint.MaxValue)]
    public uint Mark { get; set; }

    /// <summary>Ends after this many packets.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    public long First { get; set; } = long.MaxValue;

    /// <summary>Ends after this many seconds. Default: when it is stopped.</summary>
    [Parameter]
    [ValidateRange(0.01, 86400.0)]
    public double Duration { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        try
        {
            (NodeFacts facts,
                TunnelView tunnels) = InNamespace(
                    () => (FactReader.ReadRules(new FactRequest([], static _ => true, Patience), Stopped),
                        TunnelView.Of(TunnelLinks.Read())));
            var options = new MarkWatchOptions(RandomNumberGenerator.GetHexString(4, lowercase: true),
                Mark == 0 ? null : Mark, CommandRunner.Find("nft") is not null);
            Require(facts, options);
            MarkWatchPlan plan = Plan(facts, options, out bool logs);
            string commands = string.Join(Environment.NewLine, plan.Steps.Select(static s => s.CommandLine));
            if (ShouldProcess(commands,
                $"{commands}{Environment.NewLine}Run these commands{(Namespace is null ? "" : $" in the network "
                    + $"namespace {Namespace}")}, and undo them when the watch ends?", "Confirm"))
            {
                Watch(plan, logs, options.Token, tunnels);
            }
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Where nothing masquerades by a mark there is nothing to see, unless someone says which mark.</summary>
    private static void Require(NodeFacts facts, MarkWatchOptions options)
    {
        if (facts.Rules is null)
        {
            throw new NodeException(NodeErrorId.RulesUnreadable, NodeFailure.Failed, "rules",
                facts.RulesProblem ?? "The rules could not be read.",
                "Without them it is not known which mark to watch.");
        }

        if (options.Mark is null && !facts.HasNativeKube
            && facts.KubeBackends(NetfilterFamily.IPv4).Count + facts.KubeBackends(NetfilterFamily.IPv6).Count == 0)
        {
            throw new NodeException(NodeErrorId.MarkRulesNotFound, NodeFailure.NotFound, "KUBE-POSTROUTING",
                "There is no KUBE-POSTROUTING here, and no table of kube-proxy: nothing is masqueraded by a mark.",
                "Give -NetworkNamespace where kube-proxy's rules are elsewhere, or the mark with -Mark.");
        }
    }

    private MarkWatchPlan Plan(NodeFacts facts, MarkWatchOptions options, out bool logs)
    {
        string? obstacle = Method == MarkWatchMethod.Trace ? null : Obstacle();
        logs = Method == MarkWatchMethod.Log || (Method == MarkWatchMethod.Auto && obstacle is null);
        if (obstacle is not null)
        {
            WriteWarning(logs
                ? $"Nothing will be seen: {obstacle}. Set it (sysctl net.netfilter.nf_log_all_netns=1, in the first "
                    + "namespace), or watch with -Method Trace."
                : $"The packets are traced instead of logged: {obstacle}.");
        }

        return (logs ? MarkWatchPlan.Log(facts, options) : MarkWatchPlan.Trace(facts, options))
            ?? throw new NodeException(
            NodeErrorId.MarkWatchUnavailable, NodeFailure.Unsupported, "nft",
            logs ? "No jump to KUBE-POSTROUTING was found in nat POSTROUTING that a rule could be put in front of, "
                + "and nft, which could do without, is not installed."
                : $"Tracing needs nft, which is not installed{(obstacle is null ? "" : $", and {obstacle}")}.",
            "Install the package nftables.");
    }

    /// <summary>Why the packets cannot be followed in the kernel's log; null where they can.</summary>
    private string? Obstacle()
    {
        if (KernelLog.Obstacle(Namespace) is { } obstacle)
        {
            return obstacle;
        }

        try
        {
            KernelLog.Open(string.Empty).Dispose();
            return null;
        }
        catch (NodeException e) when (Method == MarkWatchMethod.Auto)
        {
            return e.Problem.TrimEnd('.');
        }
    }

    private void Watch(MarkWatchPlan plan, bool logs, string token, TunnelView tunnels)
    {
        // Opened before the rules are in, so that the first packet is seen.
        using IMarkSource source = logs ? KernelLog.Open(plan.Prefix)
            : InNamespace(() => TraceSocket.Open(plan.Table!));
        MarkWatch watch = MarkWatch.Begin(Context(OpenJournal()), token, plan.Steps, undo =>
            WriteVerbose($"{undo.Id} was interrupted, and is taken back: {string.Join("; ", undo.Steps)}"));
        void OnExit(object? sender, EventArgs e) => EndQuietly(watch);
        AppDomain.CurrentDomain.ProcessExit += OnExit;

        // Of these signals the runtime itself tells nobody, from .NET 10 on.
        void OnSignal(PosixSignalContext signal)
        {
            EndQuietly(watch);
            StopProcessing();
        }

        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
            hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        try
        {
            WriteVerbose(
                $"Watching for the mark {string.Join(", ", plan.Marks.Select(static m => $"{RuleSpec.Mark(m.Mark)} "
                    + $"({m.Family})"))}, {(logs ? $"in the kernel's log behind "
                    + $"'{plan.Prefix}'" : $"by tracing in the table {plan.Table}")}.");
            Follow(source, tunnels);
        }
        finally
        {
            AppDomain.CurrentDomain.ProcessExit -= OnExit;
            End(watch);
        }
    }

    private void Follow(IMarkSource source, TunnelView tunnels)
    {
        long start = Stopwatch.GetTimestamp(), second = start, lost = 0, ofSecond = 0;
        bool told = false;
        for (long seen = 0; seen < First && !Stopped.IsCancellationRequested;)
        {
            double left = Duration > 0 ? Duration - Stopwatch.GetElapsedTime(start).TotalSeconds
                : double.PositiveInfinity;
            if (left <= 0)
            {
                return;
            }

            if (source.TryRead((int)Math.Min(LookMilliseconds, Math.Ceiling(left * 1000))) is { } packet)
            {
                seen++;
                ofSecond++;
                WriteObject(tunnels.Judge(packet) with { NetworkNamespace = Namespace });
            }

            if (Stopwatch.GetElapsedTime(second).TotalSeconds >= 1)
            {
                if (ofSecond >= MarkWatchPlan.Rate && !told)
                {
                    WriteWarning(
                        string.Create(CultureInfo.InvariantCulture,
                            $"At most {MarkWatchPlan.Rate} packets a second are made known: there may be more."));
                    told = true;
                }

                (second, ofSecond) = (Stopwatch.GetTimestamp(), 0);
            }

            if (source.Lost > lost)
            {
                lost = source.Lost;
                WriteWarning("More came than was read in time: some packets were missed.");
            }
        }
    }

    private void End(MarkWatch watch)
    {
        MitigationUndo? undo;
        try
        {
            undo = watch.End();
        }
        catch (NodeException e)
        {
            Tell(() => WriteError(e));
            return;
        }

        if (undo is { Changed: false })
        {
            Tell(() => WriteWarning(string.Create(CultureInfo.InvariantCulture,
                $"{undo.Id}: the rules had been taken out already by someone else, so that packets may have been "
                + $"missed: {string.Join("; ", undo.Steps)}")));
        }
        else
        {
            Tell(() => WriteVerbose($"Taken out: {string.Join("; ", undo?.Steps ?? [])}"));
        }
    }

    /// <summary>The rest of the pipeline may have had enough, and then takes no words either.</summary>
    private static void Tell(Action tell)
    {
        try
        {
            tell();
        }
        catch (PipelineStoppedException)
        {
            // The rules are out, or in the journal.
        }
    }

    private static void EndQuietly(MarkWatch watch)
    {
        try
        {
            watch.End();
        }
        catch (NodeException)
        {
            // The process is on its way out; the journal holds what is left to do.
        }
    }
}
