using System.Collections.ObjectModel;
using System.Management.Automation;
using VxlanCsum.Text;

namespace VxlanCsum.Commands;

/// <summary>
/// The one gate by which cmdlets speak: whatever stood in a name, a path, or another program's words reaches a terminal
/// escaped, on one line, and not at any length.
/// </summary>
public abstract class SafeCommand : PSCmdlet
{
    /// <summary>What Get-Help -Online opens: the page that the manifest names too. Without it, it would be the first
    /// link of a help page, which leads to others.</summary>
    internal const string OnlineHelp = "https://www.powershellgallery.com/packages/VxlanCsum";

    private const int LongestMessage = 8192, LongestName = 256;

    internal new void WriteError(ErrorRecord record) => base.WriteError(Safe(record));

    internal new void ThrowTerminatingError(ErrorRecord record) => base.ThrowTerminatingError(Safe(record));

    internal new void WriteWarning(string text) => base.WriteWarning(Safe(text));

    internal new void WriteVerbose(string text) => base.WriteVerbose(Safe(text));

    internal new void WriteDebug(string text) => base.WriteDebug(Safe(text));

    internal new void WriteProgress(ProgressRecord record)
    {
        record.Activity = SafeText.Escape(record.Activity, LongestName);
        record.StatusDescription = SafeText.Escape(record.StatusDescription ?? " ", LongestName);
        record.CurrentOperation = record.CurrentOperation is { } operation ? SafeText.Escape(operation, LongestName)
            : null;
        base.WriteProgress(record);
    }

    /// <summary>What a path names; one whose brackets make no pattern is taken as it is.</summary>
    internal new Collection<string> GetResolvedProviderPathFromPSPath(string path, out ProviderInfo provider)
    {
        try
        {
            return base.GetResolvedProviderPathFromPSPath(path, out provider);
        }
        catch (WildcardPatternException)
        {
            return [SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _)];
        }
    }

    internal new bool ShouldProcess(string target, string action) => base.ShouldProcess(Safe(target), Safe(action));

    /// <summary>The question may have several lines, each of our own making.</summary>
    internal new bool ShouldProcess(string description, string question, string caption) =>
        base.ShouldProcess(Lines(description), Lines(question), Safe(caption));

    internal new bool ShouldContinue(string question, string caption) =>
        base.ShouldContinue(Lines(question), Safe(caption));

    private static string Safe(string text) => SafeText.Escape(text, LongestMessage);

    private static string Lines(string text) => string.Join(Environment.NewLine, text.Split('\n').Select(
        static line => Safe(line.TrimEnd('\r'))));

    /// <summary>The same record where all is well; else one that says the same in safe words, whoever looks into
    /// it.</summary>
    private static ErrorRecord Safe(ErrorRecord record)
    {
        string message = record.Exception.Message, shown = record.ErrorDetails?.Message ?? message,
            advice = record.ErrorDetails?.RecommendedAction ?? string.Empty;
        string? target = record.TargetObject as string;
        bool spoken = IsSafe(record.Exception);
        if (spoken && Safe(shown) == shown && Safe(advice) == advice
            && (target is null || Safe(target) == target))
        {
            return record;
        }

        Exception said = spoken ? record.Exception : new InvalidDataException(Safe(message));
        return new ErrorRecord(said, record.FullyQualifiedErrorId.Split(',')[0], record.CategoryInfo.Category,
            target is null ? record.TargetObject : Safe(target))
        {
            ErrorDetails = new ErrorDetails(Safe(shown)) { RecommendedAction = Safe(advice) },
        };
    }

    /// <summary>What it says, and what it holds says: people look into it.</summary>
    private static bool IsSafe(Exception? exception) =>
        exception is null || (Safe(exception.Message) == exception.Message && IsSafe(exception.InnerException));
}
