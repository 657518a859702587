using System.Text.Json.Serialization;
using VxlanCsum.Mitigations;

namespace VxlanCsum;

/// <summary>One change of a mitigation, with what takes it back.</summary>
/// <remarks>Immutable. What the journal keeps of it is not the commands, but what was there before.</remarks>
public sealed record MitigationStep
{
    /// <summary>What it changes.</summary>
    public MitigationStepType Type { get; init; }

    /// <summary>What it does, in words.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>The program and its arguments, each as it is passed: no shell reads them.</summary>
    public string[] Command { get; init; } = [];

    /// <summary>The program and arguments that take the step back; empty where nothing is to be taken back.</summary>
    public string[] Inverse { get; init; } = [];

    /// <summary>The command as one would type it.</summary>
    [JsonIgnore]
    public string CommandLine => CommandText.Join(Command);

    /// <summary>The inverse as one would type it.</summary>
    [JsonIgnore]
    public string InverseLine => CommandText.Join(Inverse);

    internal RuleChange? Rule { get; init; }
    internal TableChange? Table { get; init; }
    internal FeatureChange? Feature { get; init; }
    internal RouteChange? Route { get; init; }
    internal BindingChange? Binding { get; init; }
    internal FileChange? File { get; init; }
    internal UnitChange? Unit { get; init; }
    internal SettingChange? Setting { get; init; }

    /// <summary>The command line.</summary>
    public override string ToString() => CommandLine;
}
