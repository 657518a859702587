namespace VxlanCsum.Captures.Files;

/// <summary>Frames of one capture, in order, out of a reused buffer.</summary>
/// <remarks>
/// Not thread-safe. The stream is read forward only, in large reads. Damage is thrown as <see cref="CaptureException"/>
/// after every frame before it has been delivered; memory stays bounded whatever a length field says.
/// </remarks>
internal abstract class CaptureReader : IDisposable
{
    /// <summary>Where the next record begins in the (decompressed) file; for progress and errors.</summary>
    public abstract long Position { get; }

    /// <summary>The interfaces described so far.</summary>
    public abstract IReadOnlyList<CaptureInterface> Interfaces { get; }

    /// <summary>Reads the next frame; false at the regular end of the capture.</summary>
    /// <exception cref="CaptureException">The capture is damaged here.</exception>
    public abstract bool TryRead(out CapturedFrame frame);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the buffer and the stream.</summary>
    protected abstract void Dispose(bool disposing);
}
