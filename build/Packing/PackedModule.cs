namespace VxlanCsum.Packing;

/// <summary>Where a package was written.</summary>
/// <param name="Folder">The module's folder, named by its version.</param>
/// <param name="Package">The .nupkg.</param>
public sealed record PackedModule(string Folder, string Package);
