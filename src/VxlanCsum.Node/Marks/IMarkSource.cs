namespace VxlanCsum.Node.Marks;

/// <summary>Where marked packets become known. Read by one thread.</summary>
internal interface IMarkSource : IDisposable
{
    /// <summary>How often something was lost because it was not read in time.</summary>
    long Lost { get; }

    /// <summary>Waits for a packet.</summary>
    /// <param name="milliseconds">How long at most.</param>
    /// <returns>The packet, its layer not judged yet; null where none came.</returns>
    /// <exception cref="Errors.NodeException">It cannot be read any more.</exception>
    MarkedPacket? TryRead(int milliseconds);
}
