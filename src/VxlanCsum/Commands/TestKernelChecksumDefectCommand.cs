using System.Management.Automation;
using VxlanCsum.Errors;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.KernelTests;
using VxlanCsum.Node.Links;

namespace VxlanCsum.Commands;

/// <summary>Test-KernelChecksumDefect: whether this kernel has the defects, found out by sending between throwaway
/// network namespaces.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KernelChecksumDefect",
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(KernelDefectResult))]
public sealed class TestKernelChecksumDefectCommand : StoppableCommand
{
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

    private void Test(KernelDefectTest test, ChecksumDefect defect)
    {
        try
        {
            WriteObject(test.Run(defect, Stopped));
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
    }
}
