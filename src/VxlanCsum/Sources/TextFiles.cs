using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using VxlanCsum.Commands;
using VxlanCsum.Node.Files;
using VxlanCsum.Text;

namespace VxlanCsum.Sources;

/// <summary>Files of saved command output that cmdlets read.</summary>
internal static class TextFiles
{
    /// <summary>The files that paths name; each that names none is a non-terminating error.</summary>
    public static IEnumerable<string> Resolve(SafeCommand cmdlet, IEnumerable<string> paths,
        IEnumerable<string> literalPaths)
    {
        IEnumerable<(string Path, bool Literal)> all = literalPaths.Select(p => (p, true))
            .Concat(paths.Select(p => (p, false)));
        foreach ((string path, bool literal) in all)
        {
            Collection<string> resolved = [];
            Exception? failure = null;
            try
            {
                resolved = literal
                    ? [cmdlet.GetUnresolvedProviderPathFromPSPath(path)]
                    : cmdlet.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider) is { } found
                        && provider.Name == "FileSystem" ? found : [];
            }
            catch (Exception e)
                when (e is ItemNotFoundException or System.Management.Automation.DriveNotFoundException
                    or ProviderNotFoundException)
            {
                failure = e;
            }

            if (resolved.Count == 0)
            {
                cmdlet.WriteError(
                    Record(failure ?? new ItemNotFoundException(), "TextFileNotFound", ErrorCategory.ObjectNotFound,
                        path,
                    $"There is no file '{SafeText.Escape(path)}'.",
                    "Check the path; -LiteralPath takes names with brackets as they are."));
            }

            foreach (string file in resolved)
            {
                yield return file;
            }
        }
    }

    /// <summary>Reads a file once through; one that cannot be read is a non-terminating error and false.</summary>
    public static bool TryRead(SafeCommand cmdlet, string file, Action<FileStream> read)
    {
        try
        {
            using FileStream stream = BoundedFile.OpenText(file);
            read(stream);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            cmdlet.WriteError(Unreadable(file, e));
            return false;
        }
    }

    public static ErrorRecord Unreadable(string file, Exception reason) =>
        Record(reason, "TextFileUnreadable", ErrorCategory.ReadError, file,
            $"{SafeText.Escape(file)} cannot be read: {SafeText.Escape(reason.Message)}",
            "Check that it is a file and that you may read it.");

    /// <param name="file">Null for text from the pipeline.</param>
    /// <param name="line">1-based.</param>
    /// <param name="message">What is wrong with the line.</param>
    public static ErrorRecord Malformed(string? file, long line, string message)
    {
        string place = file is null ? string.Empty : SafeText.Escape(file) + ": ";
        string text = string.Create(CultureInfo.InvariantCulture, $"{place}line {line}: {message}");
        return Record(new InvalidDataException(text), "OffloadTextMalformed", ErrorCategory.InvalidData, file ?? "text",
            text,
            "The other lines were read.");
    }

    private static ErrorRecord Record(Exception reason, string errorId, ErrorCategory category, string target,
        string message, string action) =>
        new(reason, errorId, category, target)
        {
            ErrorDetails = new ErrorDetails(message) { RecommendedAction = action },
        };
}
