namespace VxlanCsum;

/// <summary>Whether the running kernel has a defect, found out by sending.</summary>
/// <remarks>Immutable.</remarks>
public sealed record KernelDefectResult
{
    /// <summary>A or B.</summary>
    public ChecksumDefect Defect { get; init; }

    /// <summary>Whether the kernel has it.</summary>
    public bool Present { get; init; }

    /// <summary>What was seen.</summary>
    public string[] Evidence { get; init; } = [];

    /// <summary>As `uname -r` says.</summary>
    public string KernelRelease { get; init; } = string.Empty;

    /// <summary>Packets sent through the tunnel.</summary>
    public int Sent { get; init; }

    /// <summary>Packets that arrived.</summary>
    public int Received { get; init; }

    /// <summary>By how much the receiver's InCsumErrors of UDP grew.</summary>
    public long ChecksumErrors { get; init; }

    /// <summary>"B: present".</summary>
    public override string ToString() => $"{Defect}: {(Present ? "present" : "not present")}";
}
