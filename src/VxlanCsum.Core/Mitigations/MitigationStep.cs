using System.Text.Json.Serialization;
using VxlanCsum.Mitigations;

namespace VxlanCsum;

/// <summary>One change of a mitigation, with what takes it back.</summary>
/// <remarks>Immutable. Says all that is needed to undo it later, also after the program that took it was killed.</remarks>
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

    [JsonInclude]
    internal RuleChange? Rule { get; init; }

    [JsonInclude]
    internal TableChange? Table { get; init; }

    [JsonInclude]
    internal FeatureChange? Feature { get; init; }

    [JsonInclude]
    internal RouteChange? Route { get; init; }

    [JsonInclude]
    internal FileChange? File { get; init; }

    /// <summary>The value that the setting had before, null for none.</summary>
    [JsonInclude]
    internal SettingChange? Setting { get; init; }

    /// <summary>The command line.</summary>
    public override string ToString() => CommandLine;
}
