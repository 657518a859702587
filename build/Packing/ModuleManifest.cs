using System.Collections;
using System.Management.Automation.Language;

namespace VxlanCsum.Packing;

/// <summary>VxlanCsum.psd1, read by PowerShell's own parser.</summary>
public sealed class ModuleManifest
{
    private readonly string _text;
    private readonly HashtableAst _syntax;
    private readonly Hashtable _values;

    private ModuleManifest(string text, HashtableAst syntax)
    {
        _text = text;
        _syntax = syntax;
        _values = (Hashtable)syntax.SafeGetValue();
    }

    /// <summary>ModuleVersion.</summary>
    public Version Version => Version.Parse(Text("ModuleVersion"));

    /// <summary>CmdletsToExport.</summary>
    public IReadOnlyList<string> Cmdlets => Texts(_values, "CmdletsToExport");

    /// <summary>CompatiblePSEditions.</summary>
    public IReadOnlyList<string> Editions => Texts(_values, "CompatiblePSEditions");

    /// <summary>Files that are loaded with it: FormatsToProcess and NestedModules.</summary>
    public IEnumerable<string> Parts => Texts(_values, "FormatsToProcess").Concat(Texts(_values, "NestedModules"));

    /// <summary>PrivateData.PSData.Tags.</summary>
    public IReadOnlyList<string> Tags => Texts(GalleryData, "Tags");

    private Hashtable GalleryData => (Hashtable)((Hashtable)_values["PrivateData"]!)["PSData"]!;

    /// <summary>Reads the manifest's text.</summary>
    /// <exception cref="PackingException">It is no manifest.</exception>
    public static ModuleManifest Parse(string text)
    {
        ScriptBlockAst script = Parser.ParseInput(text, out _, out ParseError[] errors);
        if (errors.Length > 0)
        {
            throw new PackingException(
                $"The manifest's line {errors[0].Extent.StartLineNumber} cannot be read: {errors[0].Message}");
        }

        return script.Find(node => node is HashtableAst, searchNestedScriptBlocks: false) is HashtableAst table
            ? new ModuleManifest(text, table)
            : throw new PackingException("The manifest holds no hashtable.");
    }

    /// <summary>A text value of the manifest.</summary>
    /// <exception cref="PackingException">It has none of that name.</exception>
    public string Text(string key) => Text(_values, key);

    /// <summary>A text value of PrivateData.PSData, which the Gallery shows.</summary>
    /// <exception cref="PackingException">It has none of that name.</exception>
    public string GalleryText(string key) => Text(GalleryData, key);

    /// <summary>The manifest's text as it is packed: with these release notes, and with the list of the package's
    /// files.</summary>
    public string Packed(string releaseNotes, IEnumerable<string> files)
    {
        if (releaseNotes.Split('\n').Any(line => line.StartsWith("'@", StringComparison.Ordinal)))
        {
            throw new PackingException("A line of the release notes starts with '@, which ends a here-string.");
        }

        // From the end to the start, so that the first change does not move the second's place.
        IScriptExtent notes = Pair(_syntax, "PrivateData", "PSData", "ReleaseNotes").Item2.Extent;
        IScriptExtent privateData = Pair(_syntax, "PrivateData").Item1.Extent;
        string list = string.Join('\n',
            files.Select(file => $"        '{file.Replace("'", "''", StringComparison.Ordinal)}'"));
        return _text
            .Remove(notes.StartOffset, notes.EndOffset - notes.StartOffset)
            .Insert(notes.StartOffset, $"@'\n{releaseNotes}\n'@")
            .Insert(privateData.StartOffset, $"FileList             = @(\n{list}\n    )\n    ");
    }

    private static string Text(Hashtable values, string key) =>
        values[key] as string is { Length: > 0 } text ? text
            : throw new PackingException($"The manifest has no {key}.");

    private static string[] Texts(Hashtable values, string key) =>
        values[key] is IEnumerable list and not string ? [.. list.Cast<string>()]
            : throw new PackingException($"The manifest has no list {key}.");

    private static Tuple<ExpressionAst, StatementAst> Pair(HashtableAst table, params ReadOnlySpan<string> path)
    {
        foreach (Tuple<ExpressionAst, StatementAst> pair in table.KeyValuePairs)
        {
            if (pair.Item1.SafeGetValue() as string == path[0])
            {
                return path.Length == 1 ? pair
                    : Pair((HashtableAst)((CommandExpressionAst)((PipelineAst)pair.Item2).PipelineElements[0]).Expression, path[1..]);
            }
        }

        throw new PackingException($"The manifest has no {path[0]}.");
    }
}
