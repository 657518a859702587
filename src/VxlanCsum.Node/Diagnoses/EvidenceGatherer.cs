using System.Collections.Concurrent;
using System.Net;
using VxlanCsum.Connections;
using VxlanCsum.Diagnoses;
using VxlanCsum.Mitigations;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Netfilter.Rules;
using VxlanCsum.Netfilter.Walking;
using VxlanCsum.Node.Connections;
using VxlanCsum.Node.Counters;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Journals;
using VxlanCsum.Node.KernelTests;
using VxlanCsum.Node.Links;
using VxlanCsum.Node.Mitigations;
using VxlanCsum.Node.NetworkNamespaces;
using VxlanCsum.Node.Rules;
using VxlanCsum.Node.Versions;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Diagnoses;

/// <summary>Looks at all that a diagnosis stands on, side by side. What cannot be looked at is noted, and the rest is
/// looked at.</summary>
/// <param name="request">What to look at.</param>
/// <param name="tell">Told, on any thread, what goes on.</param>
/// <param name="cancellation">Ends it at once.</param>
internal sealed class EvidenceGatherer(DiagnosisRequest request, Action<string> tell, CancellationToken cancellation)
{
    private readonly ConcurrentQueue<SourceFailure> _failures = new();
    private readonly List<RuleText> _ruleTexts = [];

    /// <summary>Gathers, on a thread of its own.</summary>
    /// <exception cref="NodeException">There is no such namespace, or it may not be entered.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<Gathered> GatherAsync() => OnOwnThread(Gather);

    /// <summary>Looks wait for programs and the kernel; the pool would give them their threads one after the
    /// other.</summary>
    private static Task<T> OnOwnThread<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private Gathered Gather()
    {
        // Held open, so that all looks are at one namespace whatever becomes of its name; and a wrong one is no mere
        // finding.
        using NetworkNamespace? place = request.NetworkNamespace is null ? null
            : NetworkNamespace.Open(request.NetworkNamespace);
        Task<T?> Look<T>(DiagnosisSource source, Func<T> look) =>
            OnOwnThread(() => Try(source, () => NetworkNamespace.Within(place, look)));

        DateTime now = DateTime.UtcNow;
        Task<CounterDifference?> counters = Look(DiagnosisSource.Counters,
            () => new CounterDifference(ChecksumCounters.Read()));
        Task<NodeFacts?> devices = Look(DiagnosisSource.Devices,
            () => FactReader.ReadDevices(new FactRequest([], static _ => true, request.Timeout), cancellation));
        Task<NetfilterRuleset?> rules = Look(DiagnosisSource.Rules, ReadRules);
        Task<NodeVersions?> versions = Look(DiagnosisSource.Versions, () => NodeVersionReader.Read(cancellation));
        Task<IReadOnlyList<KernelDefectResult>?> kernel = request.TestKernel
            ? OnOwnThread(() => Try(DiagnosisSource.Kernel, TestKernel))
            : Task.FromResult<IReadOnlyList<KernelDefectResult>?>([]);
        Task<IPAddress[]?> addresses = Look(DiagnosisSource.Devices, ReadAddresses);
        Task<InsertFailures?> races = Look(DiagnosisSource.Connections, InsertFailures.Read);
        Task<CaptureEvidence?> drops = request.DropDuration is null ? Task.FromResult<CaptureEvidence?>(null)
            : OnOwnThread(() => Try(DiagnosisSource.Drops, () => DropGatherer.Watch(request, cancellation)));
        Task<AppliedMitigation[]?> applied = Look(DiagnosisSource.Mitigations, ReadApplied);

        // What is captured shall be counted, too.
        var captures = new CaptureGatherer(request, tell, cancellation);
        Task<CaptureEvidence?> capture = request.CaptureDuration is not null
            ? LookAfter(Both(devices, counters),
                facts => Try(DiagnosisSource.Capture, () => captures.Live(facts?.Tunnels ?? [])), captures.NotBegun)
            : request.Captures.Count > 0
                ? OnOwnThread(
                    () => Try(DiagnosisSource.Capture,
                        () => captures.Files(because => Note(DiagnosisSource.Capture, because))))
                        : Task.FromResult<CaptureEvidence?>(null);

        // What is asked shall be seen by the capture.
        Task<ServiceGatherer.Answers?> probes = request.Probe
            ? LookAfter(captures.Begun,
                _ => Try(DiagnosisSource.Probe, () => ServiceGatherer.Ask(request, place, cancellation)))
            : Task.FromResult<ServiceGatherer.Answers?>(null);
        Task[] all = [counters, devices, rules, versions, kernel, addresses, capture, probes, drops, applied, races];
        Task.WaitAll(all, CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();

        NodeFacts facts = (devices.Result
            ?? new NodeFacts()) with
        { Rules = rules.Result, RulesProblem = Because(DiagnosisSource.Rules) };
        foreach (VxlanInterface tunnel in facts.Tunnels.Where(t => t.Up && !facts.Features.ContainsKey(t.Name)))
        {
            _failures.Enqueue(
                new SourceFailure(DiagnosisSource.Features, $"the kernel does not tell those of {tunnel.Name}."));
        }

        Task<(NodeFacts Facts, IReadOnlyList<SeenOrder> Orders)> walks = OnOwnThread(() => Walks(facts, place));
        Task<IReadOnlyList<ChecksumErrorCounter>?> second = counters.Result is { } first
            ? Look(DiagnosisSource.Counters, () => first.Again(request.CounterInterval, cancellation))
            : Task.FromResult<IReadOnlyList<ChecksumErrorCounter>?>([]);
        Task<TunnelBindings?> bindings = Look(DiagnosisSource.Connections,
            () => NatBindings.Look(facts.Tunnels, cancellation));
        Task.WaitAll([walks, second, bindings], CancellationToken.None);
        (facts, IReadOnlyList<SeenOrder> orders) = walks.Result;
        cancellation.ThrowIfCancellationRequested();

        NodeVersions known = versions.Result ?? new NodeVersions();
        string name = SafeText.Escape(request.NodeName ?? Environment.MachineName);
        return new Gathered(
            new NodeEvidence
            {
                NodeName = name,
                NodeId = NodeIdentity.Id,
                Origin = EvidenceOrigin.Live,
                Applied = applied.Result ?? [],
                Timestamp = now,
                NetworkNamespace = request.NetworkNamespace,
                Versions = known with { NodeName = name },
                Facts = facts,
                Addresses = addresses.Result ?? [],
                Counters = [
                    .. (second.Result ?? []).Select(c => c with { NetworkNamespace = request.NetworkNamespace })],
                BackendOrders = orders,
                Bindings = bindings.Result,
                InsertFailed = races.Result?.Count,
                Capture = capture.Result,
                Drops = drops.Result,
                KernelDefects = kernel.Result ?? [],
                Probes = probes.Result?.Probes ?? [],
                LargePackets = probes.Result?.Large ?? [],
                Failures = [.. _failures.Distinct()],
            },
            _ruleTexts);
    }

    /// <summary>What to walk; and where the order of two backends decides, which of them is asked first.</summary>
    private (NodeFacts Facts, IReadOnlyList<SeenOrder> Orders) Walks(NodeFacts facts, NetworkNamespace? place)
    {
        T? Look<T>(Func<T> look) => Try(DiagnosisSource.Rules, () => NetworkNamespace.Within(place, look));
        NodeFacts walked = facts with { Walks = Look(() => FactReader.Walks(facts)) ?? [] };
        IReadOnlyList<SeenOrder> orders =
            Look(() => NatOrderReader.Look(walked, request.CounterInterval, request.Timeout, cancellation)) ?? [];
        return (walked with { Walks = [.. walked.Walks.Select(w => SeenOrder.Apply(orders, w))] }, orders);
    }

    private static async Task<NodeFacts?> Both(Task<NodeFacts?> devices, Task counters)
    {
        await counters.ConfigureAwait(false);
        return await devices.ConfigureAwait(false);
    }

    private static async Task<T?> LookAfter<TFirst, T>(Task<TFirst> first, Func<TFirst, T?> look, Action? atLast = null)
    {
        try
        {
            TFirst found = await first.ConfigureAwait(false);
            return await Task.Run(() => look(found)).ConfigureAwait(false);
        }
        finally
        {
            atLast?.Invoke();
        }
    }

    /// <summary>What a look finds; null, and a note, where it fails.</summary>
    private T? Try<T>(DiagnosisSource source, Func<T> look)
    {
        try
        {
            return look();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return default;
        }
        catch (Exception e)
        {
            // One look that fails, in whatever way, must not take the others' findings with it.
            Note(source, Message(e));
            return default;
        }
    }

    private void Note(DiagnosisSource source, string because) =>
        _failures.Enqueue(
            new SourceFailure(source,
                SafeText.Escape(because.EndsWith('.') || because.EndsWith('?') ? because : because + ".", 600)));

    /// <summary>What is wrong and what to do, as two sentences: what programs say of themselves often ends without a
    /// stop.</summary>
    private static string Message(Exception e) =>
        e is NodeException { Advice: { } advice } known ? $"{known.Problem.TrimEnd('.')}. {advice}" : e.Message;

    private string? Because(DiagnosisSource source) => _failures.FirstOrDefault(f => f.Source == source)?.Because;

    /// <summary>All rules of all engines, or none: what is not seen could undo what is seen.</summary>
    private NetfilterRuleset? ReadRules()
    {
        // Texts are kept only to be saved: of 97,000 rules they are 15 MB.
        (NetfilterRuleset rules, IReadOnlyList<NodeException> failures) = NodeRules.Read(
            new RulesetReadOptions { Cancellation = cancellation }, [], request.Timeout, null,
            request.KeepRules ? _ruleTexts.Add : null, onlyDeciding: !request.KeepRules);
        foreach (NodeException failure in failures)
        {
            Note(DiagnosisSource.Rules, Message(failure));
        }

        return rules.IsWholeNode ? rules : null;
    }

    private static IPAddress[] ReadAddresses()
    {
        (IReadOnlyList<NetworkLink> links,
            IReadOnlyDictionary<IPAddress, int> addresses) = NetworkLinks.ReadWithAddresses();
        HashSet<int> loopbacks = [.. links.Where(static l => l.IsLoopback).Select(static l => l.Index)];
        return [.. addresses.Where(a => !loopbacks.Contains(a.Value)).Select(static a => a.Key)];
    }

    /// <summary>Whoever may not read the usual journal is told nothing of it, and misses nothing that decides; one that
    /// was named is missed.</summary>
    private AppliedMitigation[] ReadApplied()
    {
        try
        {
            return [.. new Journal(request.JournalPath ?? Journal.DefaultPath).Read()
                .Where(static e => e.State == JournalState.Applied && e.Intent.Kind is not null
                    && NodePlace.IsHere(e.Intent))
                .Select(static e => new AppliedMitigation(e.Intent.Kind!.Value, e.Id, e.Time,
                    PersistenceReader.OutlivesReboot(e.Intent)) { IsInEffect = IsInEffect(e.Intent) })];
        }
        catch (NodeException) when (request.JournalPath is null)
        {
            return [];
        }
    }

    private static bool? IsInEffect(JournalIntent intent)
    {
        RouteChange[] routes = [.. intent.Changes.Select(static c => c.Route).OfType<RouteChange>()];
        return routes.Length == 0 ? null : routes.All(RouteChanges.IsInEffect);
    }

    private IReadOnlyList<KernelDefectResult> TestKernel()
    {
        using var test = new KernelDefectTest();
        var results = new List<KernelDefectResult>();
        foreach (ChecksumDefect defect in (ChecksumDefect[])[ChecksumDefect.A, ChecksumDefect.B])
        {
            try
            {
                results.Add(test.Run(defect, cancellation));
            }
            catch (NodeException e)
            {
                Note(DiagnosisSource.Kernel, $"defect {defect}: {Message(e)}");
            }
        }

        return results;
    }
}
