using System.Collections;
using System.Management.Automation;
using System.Net;
using VxlanCsum.Errors;
using VxlanCsum.Pasting;
using VxlanCsum.Sources;
using VxlanCsum.TcpdumpText;

namespace VxlanCsum.Commands;

/// <summary>ConvertFrom-TcpdumpText: pasted output of tcpdump -v or -vv as the packets that Read-PcapChecksum delivers
/// of captures.</summary>
[Cmdlet(VerbsData.ConvertFrom, "TcpdumpText", DefaultParameterSetName = InputSet,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(PacketChecksum))]
public sealed class ConvertFromTcpdumpTextCommand : StoppableCommand
{
    private const string InputSet = "InputObject", PathSet = "Path", LiteralPathSet = "LiteralPath";

    private HostAddresses _hosts = null!;
    private TcpdumpTextReader? _reader;
    private TextLacks? _lacks;

    /// <summary>Lines of text, or texts of several lines.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = InputSet, ValueFromPipeline = true)]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [AllowNull]
    [TextOnly]
    public string?[]? InputObject { get; set; }

    /// <summary>Files of text; wildcards are resolved; "-" is standard input.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Files of text, their names taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>
    /// Addresses that host names in the text may stand for: those of the node that sent. A field that fits one proves
    /// itself unfinished and the packet innocent; one that fits none remains undecided.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public IPAddress[]? SourceAddress { get; set; }

    /// <summary>Addresses of host names in the text, as facts: @{ 'master02.xc.test' = '10.0.0.2' }. A field that does
    /// not fit is bad.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? HostAddress { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _hosts = new HostAddresses(ReadHosts(), SourceAddress);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName != InputSet)
        {
            // Standard input is no file, but read like one.
            foreach (string path in Path.Where(IsStandardInput)
                .Concat(TextFiles.Resolve(this, Path.Where(path => !IsStandardInput(path)), LiteralPath)))
            {
                ReadFile(path);
            }

            return;
        }

        _lacks ??= new TextLacks();
        _reader ??= NewReader(TcpdumpTextReader.NoPath, _lacks);
        foreach (string? text in InputObject ?? [])
        {
            _reader.Add(text ?? string.Empty);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        _reader?.Complete();
        TellLacks(_lacks, TcpdumpTextReader.NoPath);
    }

    private static bool IsStandardInput(string path) => path == CaptureFile.StandardInput;

    private void ReadFile(string path)
    {
        try
        {
            using Stream stream = IsStandardInput(path) ? CaptureFile.Open(path, Stopped) : File.OpenRead(path);
            using PeekedStream text = new(stream);
            if (text.LooksBinary)
            {
                WriteError(TextErrors.IsCapture(path));
                return;
            }

            // Detects UTF-16 by its mark: what Windows PowerShell wrote with ">".
            using StreamReader lines = new(text, detectEncodingFromByteOrderMarks: true);
            var lacks = new TextLacks();
            TcpdumpTextReader reader = NewReader(path, lacks);
            foreach (string line in BoundedLines.Read(lines))
            {
                if (Stopped.IsCancellationRequested)
                {
                    return;
                }

                reader.Add(line);
            }

            reader.Complete();
            TellLacks(lacks, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            WriteError(TextFiles.Unreadable(path, error));
        }
        catch (OperationCanceledException) when (Stopped.IsCancellationRequested)
        {
        }
    }

    private TcpdumpTextReader NewReader(string path, TextLacks lacks) =>
        new(path, _hosts, packet =>
        {
            lacks.Add(packet);
            WriteObject(packet);
        }, text => WriteWarning(Describe(path, text)), lacks.Add);

    /// <summary>Where none of the packets can be judged, what the text lacks, and what prints it.</summary>
    private void TellLacks(TextLacks? lacks, string path)
    {
        if (lacks?.Most() is var (what, command))
        {
            WriteWarning($"{(path == TcpdumpTextReader.NoPath ? string.Empty : $"{path}: ")}no packet can be judged. "
                + $"Missing: {what}. This prints it: {command}");
        }
    }

    private static string Describe(string path, UnreadableText text)
    {
        string file = path == TcpdumpTextReader.NoPath ? string.Empty : $"{path}: ";
        string lines = text.FirstLine == text.LastLine ? $"line {text.FirstLine}"
            : $"lines {text.FirstLine} to {text.LastLine}";
        return $"{file}{lines}: {text.Message}";
    }

    private Dictionary<string, IPAddress[]> ReadHosts()
    {
        Dictionary<string, IPAddress[]> hosts = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in HostAddress ?? new Hashtable())
        {
            try
            {
                string name = LanguagePrimitives.ConvertTo<string>(entry.Key);
                hosts[name] = LanguagePrimitives.ConvertTo<IPAddress[]>(entry.Value);
            }
            catch (PSInvalidCastException error)
            {
                ThrowTerminatingError(TextErrors.BadHostAddress(entry.Key, error));
            }
        }

        return hosts;
    }
}
