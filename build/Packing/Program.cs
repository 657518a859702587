using System.Security.Cryptography;
using VxlanCsum.Packing;

// dotnet run --project build/Packing [-- OUTPUT]: packs the checkout that this program was built in.
// ... -- notices OUTPUT POWERSHELL [DEPS ASSETS]...: what deploy/single-file brings along of others, from the folder of
// PowerShell's
// tool package and from the .deps.json and project.assets.json of the projects in it.
// ... -- krew URI [OUTPUT]: the kubectl plugin's archive, which will be published at URI, and its manifest for krew.
try
{
    if (args is ["krew", string uri, .. string[] folder])
    {
        (string archive, string krew) = KrewPlugin.Write(FindRoot(), folder is [string into, ..] ? Path.GetFullPath(into)
            : Path.Combine(FindRoot(), "out", "krew"), uri);
        Console.WriteLine(archive);
        Console.WriteLine(krew);
        return 0;
    }

    if (args is ["notices", string file, string powerShell, .. string[] projects])
    {
        RestoredPackage[] packages = [
            .. projects.Chunk(2).SelectMany(static pair => RestoredPackage.OfProject(pair[0], pair[1]))];
        File.WriteAllText(file, ThirdPartyNotices.WriteForProgram(packages, powerShell));
        return 0;
    }

    string root = FindRoot();
    PackedModule packed = Packer.Pack(root,
        args is [string output, ..] ? Path.GetFullPath(output) : Path.Combine(root, "out"));
    Console.WriteLine(packed.Folder);
    Console.WriteLine(packed.Package);
    Console.WriteLine($"SHA256 {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(packed.Package)))}");
    return 0;
}
catch (PackingException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 1;
}

static string FindRoot()
{
    for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "VxlanCsum.psd1")))
        {
            return folder.FullName;
        }
    }

    throw new PackingException($"No VxlanCsum.psd1 above {AppContext.BaseDirectory}.");
}
