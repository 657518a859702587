using System.Management.Automation;
using VxlanCsum.Mitigations;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Mitigations;

namespace VxlanCsum.Commands;

/// <summary>What the cmdlets share that plan a mitigation: what it is for, and whether it is to be applied again after
/// a reboot.</summary>
public abstract class PersistentMitigationCommand : MitigationCommand
{
    /// <summary>The networks of the service addresses, such as 10.96.0.0/12, for AddServiceRoute.</summary>
    [Parameter]
    public string[] ServiceNetwork { get; set; } = [];

    /// <summary>
    /// Have it applied again after a reboot, and when the network plugin makes its device anew: by systemd or udev,
    /// whichever the node has.
    /// </summary>
    [Parameter]
    public SwitchParameter Persist { get; set; }

    /// <summary>A folder that stands for /, such as an image that is being built: what persists is written
    /// there.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PersistPath { get; set; }

    private protected bool Persists => Persist || PersistPath is not null;

    /// <summary>What is left to do, with what persists it.</summary>
    /// <exception cref="NodeException">It is to be persisted and cannot be.</exception>
    private protected MitigationStep[] Missing(MitigationPlan plan)
    {
        if (!Persists)
        {
            return [.. plan.Missing];
        }

        if (Namespace is not null && PersistPath is null)
        {
            throw new NodeException(NodeErrorId.PersistenceUnavailable, NodeFailure.Refused, plan.Kind.ToString(),
                "Only what is applied to the machine's own network namespace can be persisted.",
                "Leave -NetworkNamespace out, or write the files elsewhere with -PersistPath.");
        }

        PersistenceFacts facts = PersistenceReader.Read(
            PersistPath is null ? null : GetUnresolvedProviderPathFromPSPath(PersistPath));
        return PersistencePlanner.Obstacle(plan.Kind, facts) is { } obstacle
            ? throw new NodeException(NodeErrorId.PersistenceUnavailable, NodeFailure.Refused, plan.Kind.ToString(),
                $"{plan.Kind} cannot be persisted: {obstacle}. Nothing was changed.", "Apply it without -Persist.")
            : [.. plan.Missing,
                .. PersistencePlanner.Plan(plan, facts).Where(static s => !s.InEffect).Select(static s => s.Step)];
    }
}
