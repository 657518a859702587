namespace VxlanCsum.Packing;

/// <summary>The package cannot be made, and the message says why and what to do.</summary>
public sealed class PackingException(string message) : Exception(message);
