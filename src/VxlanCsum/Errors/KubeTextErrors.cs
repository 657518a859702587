using System.Globalization;
using System.Management.Automation;
using VxlanCsum.Clusters;
using VxlanCsum.Text;

namespace VxlanCsum.Errors;

/// <summary>Error records of what kubectl printed: a stable id, the file as target, the line, and what to do about
/// it.</summary>
internal static class KubeTextErrors
{
    /// <param name="error">What is wrong.</param>
    /// <param name="source">The file or context; null for text from the pipeline.</param>
    public static ErrorRecord Record(KubeTextException error, string? source)
    {
        string place = error.Line > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Show(source)}: line {error.Line}") : Show(source);
        return new(error, error.ErrorId, ErrorCategory.InvalidData, source ?? "text")
        {
            ErrorDetails = new ErrorDetails($"{place}: {error.Message}") { RecommendedAction = Action(error.ErrorId) },
        };
    }

    /// <summary>It was read, and holds no node.</summary>
    public static ErrorRecord NoNodes(string? source) =>
        Record(new KubeTextException(KubeTextErrorId.NoNodes, 0, "holds no Node."), source);

    private static string Show(string? source) => source is null ? "text" : SafeText.Escape(source);

    private static string Action(string errorId) => errorId switch
    {
        KubeTextErrorId.NotJson =>
            "Give what `kubectl get nodes,pods -A -o json` prints; tables and YAML leave out or spell differently "
            + "what is needed.",
        KubeTextErrorId.Truncated =>
            "What was whole was read. Save the output again: was the disk full, or kubectl stopped?",
        KubeTextErrorId.NoNodes => "Save nodes and pods together: kubectl get nodes,pods -A -o json.",
        KubeTextErrorId.ObjectInvalid => "The other objects were read.",
        _ => "What stood before was read. Save the output again.",
    };
}
