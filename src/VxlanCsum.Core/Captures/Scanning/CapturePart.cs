using VxlanCsum.Captures.Files;

namespace VxlanCsum.Captures.Scanning;

/// <summary>
/// What one thread makes of a stretch of a capture, to be joined to what was made of all before it.
/// </summary>
/// <remarks>Filled by its thread while others fill theirs; <see cref="Join"/> is called by one at a time, in the order of
/// the capture.</remarks>
internal abstract class CapturePart
{
    /// <summary>Frames since it was begun.</summary>
    public long Frames { get; protected set; }

    /// <summary>There is no room for more: it has to be joined first.</summary>
    public virtual bool IsFull => false;

    /// <summary>Joining it is much work beside reading it; shorter stretches let the others wait less.</summary>
    public virtual bool IsHeavy => false;

    /// <summary>Begins a stretch.</summary>
    public abstract void Begin();

    /// <summary>Reads up to so many frames; false at the end of the capture or piece. A loop of its own, so that there is
    /// one call for many frames.</summary>
    /// <exception cref="CaptureException">The capture is damaged; what came before is in the part.</exception>
    public abstract bool Read(CaptureReader reader, int frames);

    /// <summary>Adds the stretch to the whole.</summary>
    /// <param name="framesBefore">What makes a frame's number the one of the whole capture.</param>
    /// <returns>False, and nothing is added, where the stretch has to be read again.</returns>
    public abstract bool Join(long framesBefore);
}
