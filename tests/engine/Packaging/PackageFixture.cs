using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Packing;

namespace VxlanCsum.EngineTests.Packaging;

/// <summary>The package of the built checkout, made once for a class, in a folder that goes with it.</summary>
public sealed class PackageFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PackageFixture() => Packed = Packer.Pack(Repository.Root, _folder.Path);

    /// <summary>Where it was written.</summary>
    public PackedModule Packed { get; }

    /// <summary>The module's folder, as PowerShell installs it.</summary>
    public string Folder => Packed.Folder;

    /// <summary>The packed manifest.</summary>
    public string Manifest => Path.Combine(Folder, "VxlanCsum.psd1");

    /// <summary>Paths of all files in the module's folder, with forward slashes, in order.</summary>
    public IReadOnlyList<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    /// <summary>Runs a script in vxlancsum with the packed module imported in place of the checkout's.</summary>
    public Task<ShellResult> RunAsync(string script) =>
        ShellProcess.RunAsync(["-c", script], input: null,
            new Dictionary<string, string?> { ["VXLANCSUM_MODULE"] = Folder });

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
