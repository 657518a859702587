namespace VxlanCsum.LabTests.Mitigations;

/// <summary>A folder that stands for / where something is to be persisted.</summary>
public sealed class PersistRoot : IDisposable
{
    public PersistRoot(string folder) => Directory.CreateDirectory(File(folder));

    public string Path { get; } = Directory.CreateTempSubdirectory("vxlancsum-root-").FullName;

    public string File(string path) => System.IO.Path.Combine(Path, path);

    /// <summary>Every file, folder and link in it, with modes, owners and targets.</summary>
    public string Names() => Sorted(LabCommand.Run("find", Path, "-printf", "%P %y %m %U:%G %l\n"));

    /// <summary>The same, with what the files hold.</summary>
    public string Snapshot() =>
        Names() + Sorted(LabCommand.Run("find", Path, "-type", "f", "-exec", "sha256sum", "{}", "+"));

    private static string Sorted(string lines) => string.Join('\n', lines.Split('\n').Order(StringComparer.Ordinal));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
