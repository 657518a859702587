using System.Management.Automation.Runspaces;

namespace VxlanCsum.Shell.Session;

/// <summary>Ctrl-C: stops the innermost running pipeline and leaves the shell running.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<Pipeline> _running = [];

    /// <summary>Listens from now on.</summary>
    public Interrupts() => Console.CancelKeyPress += OnCancelKey;

    /// <summary>A pipeline starts; what is given back is disposed when it has ended.</summary>
    public IDisposable Watch(Pipeline pipeline)
    {
        lock (_lock)
        {
            _running.Push(pipeline);
        }

        return new Watched(this);
    }

    /// <inheritdoc/>
    public void Dispose() => Console.CancelKeyPress -= OnCancelKey;

    private void OnCancelKey(object? sender, ConsoleCancelEventArgs key)
    {
        if (key.SpecialKey != ConsoleSpecialKey.ControlC)
        {
            return;
        }

        // Between two pipelines there is nothing to stop, and the shell stays, as pwsh does.
        key.Cancel = true;
        lock (_lock)
        {
            if (_running.TryPeek(out Pipeline? pipeline))
            {
                pipeline.StopAsync();
            }
        }
    }

    private sealed class Watched(Interrupts owner) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._running.Pop();
            }
        }
    }
}
