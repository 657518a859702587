namespace VxlanCsum.Reports;

/// <summary>Writes one report. Items come one by one; what a format needs of all of them together is in the digest at
/// the end.</summary>
internal abstract class ReportWriter : IDisposable
{
    /// <summary>Writes an item out, or keeps what its format needs of it.</summary>
    public abstract void Add(ReportItem item);

    /// <summary>Writes what is left; nothing comes after it.</summary>
    public abstract void Complete(ReportDigest digest);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
