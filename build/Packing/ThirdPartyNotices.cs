using System.Text;

namespace VxlanCsum.Packing;

/// <summary>THIRD-PARTY-NOTICES.txt: whose assemblies the module brings along, under which licence, and that licence's
/// text once.</summary>
public static class ThirdPartyNotices
{
    private static readonly string Rule = new('-', 80);

    /// <summary>The notices for the packages of the module.</summary>
    /// <exception cref="PackingException">A package's licence is not one whose text is known here, and the package
    /// holds none.</exception>
    public static string Write(IReadOnlyList<RestoredPackage> packages) =>
        Write("VxlanCsum brings along assemblies of others, unchanged, in bin/node.", packages, []);

    /// <summary>The notices of vxlancsum as one file or as a folder: of .NET, of PowerShell with its modules, and of
    /// the packages of both.</summary>
    /// <exception cref="PackingException">As above; or PowerShell's own notices are not where its tool's package has
    /// them.</exception>
    public static string WriteForProgram(IReadOnlyList<RestoredPackage> packages, string powerShellFolder)
    {
        (string Title, string Path)[] powerShell =
        [
            ("Licence of PowerShell", Path.Combine(powerShellFolder, "LICENSE.txt")),
            ("Licence of PSReadLine", Path.Combine(powerShellFolder, "Modules", "PSReadLine", "License.txt")),
            ("Notices that PowerShell brings along", Path.Combine(powerShellFolder, "ThirdPartyNotices.txt")),
        ];
        if (Array.Find(powerShell, static own => !File.Exists(own.Path)) is { Path: { } missing })
        {
            throw new PackingException($"{missing} is not there: has the package of PowerShell's tool another form?");
        }

        return Write(
            "vxlancsum brings along .NET, PowerShell with some of its modules, and assemblies of others.",
            packages,
            powerShell.Select(static own => (own.Title, File.ReadAllText(own.Path))));
    }

    private static string Write(string head, IReadOnlyList<RestoredPackage> packages,
        IEnumerable<(string Title, string Body)> more)
    {
        StringBuilder text = new();
        Dictionary<string, List<string>> texts = [];
        text.Append($"{head} This file was written from their packages' own metadata.\n");
        foreach (RestoredPackage package in packages)
        {
            text.Append($"\n{Rule}\n{package.Id} {package.Version}\n");
            text.Append($"Files:     {string.Join(", ", package.Assemblies)}\n");
            text.Append($"Authors:   {package.Authors}\n");
            Append(text, "Copyright: ", package.Copyright);
            Append(text, "Project:   ", package.ProjectAddress);
            Append(text, "Source:    ", package.SourceAddress);
            text.Append($"Licence:   {package.LicenceExpression ?? "its own"}, text below\n");
            Remember(texts, LicenceOf(package), $"Licence of {package.Id}");
            if (package.NoticesFile is { } notices)
            {
                Remember(texts, File.ReadAllText(notices), $"Notices that {package.Id} brings along");
            }
        }

        foreach ((string title, string body) in more)
        {
            Remember(texts, body, title);
        }

        foreach ((string body, List<string> titles) in texts)
        {
            text.Append($"\n{Rule}\n{string.Join('\n', titles)}\n\n{body}\n");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string label, string? value)
    {
        if (value is not null)
        {
            text.Append($"{label}{value.ReplaceLineEndings(" ")}\n");
        }
    }

    private static void Remember(Dictionary<string, List<string>> texts, string body, string title)
    {
        body = body.ReplaceLineEndings("\n").Trim('\n');
        if (!texts.TryGetValue(body, out List<string>? titles))
        {
            texts.Add(body, titles = []);
        }

        titles.Add(title);
    }

    private static string LicenceOf(RestoredPackage package)
    {
        if (package.LicenceFile is { } file)
        {
            return File.ReadAllText(file);
        }

        using Stream? known = package.LicenceExpression is { } expression
            ? typeof(ThirdPartyNotices).Assembly.GetManifestResourceStream(expression) : null;
        if (known is null)
        {
            throw new PackingException(
                $"The licence of {package.Id} {package.Version} ({package.LicenceExpression ?? "none named"}) is not "
                + $"known: read it, and put its text into build/Packing/Licences under its SPDX name.");
        }

        using StreamReader reader = new(known);
        return reader.ReadToEnd();
    }
}
