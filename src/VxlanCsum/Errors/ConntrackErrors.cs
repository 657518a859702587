using System.Globalization;
using System.Management.Automation;
using VxlanCsum.Connections;
using VxlanCsum.Text;

namespace VxlanCsum.Errors;

/// <summary>Error records of what conntrack printed: a stable id, the file as target, the line, and what to do about
/// it.</summary>
internal static class ConntrackErrors
{
    public static ErrorRecord Record(ConntrackProblem problem, string place)
    {
        string line = problem.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {problem.Line}: ")
            : string.Empty;
        string message = $"{SafeText.Escape(place)}: {line}{problem.Message}";
        return new ErrorRecord(new InvalidDataException(message), problem.ErrorId, ErrorCategory.InvalidData, place)
        {
            ErrorDetails = new ErrorDetails(message)
            {
                RecommendedAction = problem.ErrorId == ConntrackProblem.NoFlow
                    ? "Give what `conntrack -L -p udp` prints, without -o save or -o xml. An empty table prints "
                        + "nothing."
                    : "The other flows were read. Save the output of `conntrack -L -p udp` again, whole and with its "
                        + "addresses.",
            },
        };
    }
}
