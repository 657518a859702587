using System.Management.Automation;
using VxlanCsum.Errors;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.KernelTests;
using VxlanCsum.Node.Links;

namespace VxlanCsum.Commands;

/// <summary>Test-KernelChecksumDefect: whether this kernel has the defects, found out by sending between throwaway network namespaces.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KernelChecksumDefect")]
[OutputType(typeof(KernelDefectResult))]
public sealed class TestKernelChecksumDefectCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>The defects to test for: A, B or both, which is the default.</summary>
    [Parameter(Position = 0)]
    [ValidateSet("A", "B")]
    public ChecksumDefect[] Defect { get; set; } = [ChecksumDefect.A, ChecksumDefect.B];

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            NetworkLinks.RequireLinux("the kernel's defects");
            using var test = new KernelDefectTest();
            foreach (ChecksumDefect defect in Defect)
            {
                Test(test, defect);
            }
        }
        catch (NodeException e)
        {
            ThrowTerminatingError(NodeErrors.Record(e));
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private void Test(KernelDefectTest test, ChecksumDefect defect)
    {
        try
        {
            WriteObject(test.Run(defect, _stop.Token));
        }
        catch (NodeException e)
        {
            WriteError(NodeErrors.Record(e));
        }
    }
}
