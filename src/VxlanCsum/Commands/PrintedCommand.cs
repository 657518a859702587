using System.Management.Automation;
using VxlanCsum.Sources;

namespace VxlanCsum.Commands;

/// <summary>What cmdlets share that look at a machine's network, or at what a program printed of one: in files, or as
/// text from the pipeline.</summary>
public abstract class PrintedCommand : NamespaceCommand
{
    internal const string TextSet = "Text", PathSet = "Path", LiteralPathSet = "LiteralPath";

    /// <summary>Files with what the programs printed; wildcards are resolved.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Such files, taken as they are.</summary>
    // Not mandatory, and neither is the text: of several mandatory ones the binder would settle on the one that takes
    // whole objects before it has seen an object.
    [Parameter(ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The same as text: whole, or line by line.</summary>
    [Parameter(ParameterSetName = TextSet, ValueFromPipeline = true)]
    [AllowEmptyString]
    [TextOnly]
    public string InputObject { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case TextSet:
                AddText(InputObject);
                break;
            case PathSet or LiteralPathSet:
                ReadFiles();
                break;
            default:
                ReadNode();
                break;
        }
    }

    /// <summary>Takes text from the pipeline: one line of it, or all.</summary>
    private protected abstract void AddText(string text);

    /// <summary>Reads one of the files that were named.</summary>
    private protected abstract void ReadFile(string file, Stream stream);

    /// <summary>Those that were given together were tried; whether any could be read.</summary>
    private protected virtual void EndFiles(bool any)
    {
    }

    /// <summary>Looks at the machine.</summary>
    private protected abstract void ReadNode();

    private void ReadFiles()
    {
        bool any = false;
        foreach (string file in TextFiles.Resolve(this, Path, LiteralPath))
        {
            any |= TextFiles.TryRead(this, file, stream => ReadFile(file, stream));
        }

        EndFiles(any);
    }
}
