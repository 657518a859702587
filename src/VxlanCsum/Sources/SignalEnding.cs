using System.Runtime.InteropServices;

namespace VxlanCsum.Sources;

/// <summary>While it lives, a signal that ends the process first has the work end, so that its files are whole. The
/// process ends all the same.</summary>
internal sealed class SignalEnding : IDisposable
{
    /// <summary>Who ends a process waits some seconds before he kills it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly ManualResetEventSlim _ended = new();
    private readonly Action _stop;
    private readonly PosixSignalRegistration[] _signals;

    /// <param name="stop">Has the work end soon; called on any thread.</param>
    public SignalEnding(Action stop)
    {
        _stop = stop;
        _signals = [
            .. ((PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGHUP]).Select(
                s => PosixSignalRegistration.Create(s, _ => End()))];
    }

    /// <summary>The work has ended, and its files are closed.</summary>
    public void Dispose()
    {
        // What waits for it still looks at it: it is left to the collector.
        _ended.Set();
        Array.ForEach(_signals, static s => s.Dispose());
    }

    private void End()
    {
        try
        {
            _stop();
            _ended.Wait(s_patience);
        }
        catch (ObjectDisposedException)
        {
            // The work ended this moment. On this thread an exception would end the process before its time.
        }
    }
}
