using System.Globalization;

namespace VxlanCsum;

/// <summary>UDP ports from one to another, both included.</summary>
/// <param name="Low">The lowest.</param>
/// <param name="High">The highest.</param>
public readonly record struct PortRange(ushort Low, ushort High)
{
    /// <summary>Whether a port is in it.</summary>
    public bool Contains(ushort port) => port >= Low && port <= High;

    /// <summary>"32768-60999".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Low}-{High}");
}
