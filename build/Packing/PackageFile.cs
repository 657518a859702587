namespace VxlanCsum.Packing;

/// <summary>A file of the package.</summary>
/// <param name="Path">Where it is in the package, with forward slashes.</param>
/// <param name="Content">Its bytes.</param>
public sealed record PackageFile(string Path, ReadOnlyMemory<byte> Content);
