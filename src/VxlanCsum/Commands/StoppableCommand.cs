using System.Management.Automation;
using VxlanCsum.Errors;
using VxlanCsum.Node.Errors;

namespace VxlanCsum.Commands;

/// <summary>What cmdlets share whose work takes a while: it ends when the pipeline is stopped.</summary>
public abstract class StoppableCommand : SafeCommand, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Cancelled when the pipeline is stopped.</summary>
    private protected CancellationToken Stopped => _stop.Token;

    private protected void WriteError(NodeException error) => WriteError(NodeErrors.Record(error));

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }
}
