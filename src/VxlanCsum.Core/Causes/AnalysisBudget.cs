namespace VxlanCsum.Causes;

/// <summary>What one analysis may remember, so that memory stays bounded whatever is fed to it. What comes later is
/// only counted, and the result says so.</summary>
internal sealed class AnalysisBudget
{
    public const int Directions = 1024;
    public const int BindingsPerDirection = 2048;
    public const int EvidencePerDirection = 1000;
    public const int FlowsPerDirection = 2048;
    public const int Addresses = 1024;
    public const int VnisPerDirection = 64;

    /// <summary>Flows whose two directions are compared, over the whole analysis.</summary>
    public const int Flows = 1 << 16;

    private int _bindings = 1 << 15;
    private int _evidence = 1 << 14;
    private int _brokenFlows = 1 << 15;

    public bool TakeBinding(int held) => held < BindingsPerDirection && _bindings-- > 0;

    public bool TakeEvidence(int held) => held < EvidencePerDirection && _evidence-- > 0;

    public bool TakeBrokenFlow() => _brokenFlows-- > 0;
}
