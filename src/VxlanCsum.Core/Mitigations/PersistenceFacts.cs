namespace VxlanCsum.Mitigations;

/// <summary>By what a node applies things again after a reboot.</summary>
/// <param name="Root">The folder that stands for /, without a slash at its end; empty for the running system.</param>
/// <param name="Resolve">From a program's name to its full path.</param>
/// <param name="Read">From a file's path to what stands there; null where nothing does.</param>
/// <param name="IsEnabled">Whether a unit is enabled.</param>
internal sealed record PersistenceFacts(
    string Root, bool HasSystemd, bool HasUdev, Func<string, string> Resolve, Func<string, FileState?> Read,
    Func<UnitChange, bool> IsEnabled)
{
    public bool IsRunningSystem => Root.Length == 0;
}
