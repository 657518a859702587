using System.Management.Automation;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.Errors;

/// <summary>Error records of rulesets: a stable id, the file as target, the line, and what to do about it.</summary>
internal static class RulesetErrors
{
    public static ErrorRecord Record(RulesetProblem problem) =>
        new(new InvalidDataException(problem.ToString()), problem.ErrorId, ErrorCategory.InvalidData, problem.Path)
        {
            ErrorDetails = new ErrorDetails(problem.ToString()) { RecommendedAction = Action(problem.ErrorId) },
        };

    public static ErrorRecord Partial() =>
        new(new InvalidOperationException(
            "These rules were read with -Chain or -Table: the others are not there to walk."),
            "RulesetPartial", ErrorCategory.InvalidArgument, "Rule")
        {
            ErrorDetails = new ErrorDetails(
                "These rules were read with -Chain or -Table: the others are not there to walk.")
            {
                RecommendedAction =
                    "Pipe what Get-KubePostroutingRule gives without -Chain and -Table, or give "
                    + "Trace-KubePostrouting the file itself by -Path.",
            },
        };

    private static string Action(string errorId) => errorId switch
    {
        RulesetErrorId.NoRules => "Check the path. `iptables-save` prints what is read best.",
        RulesetErrorId.Incomplete => "Save the rules again; the rules that are there were read.",
        RulesetErrorId.ChainMissing => "Save the whole table; a part of it cannot be walked to its end.",
        RulesetErrorId.JumpLoop => "No kernel holds this: the text was changed by hand, or is of two tables.",
        RulesetErrorId.TableIncompatible => "Give the output of `nft -j list ruleset` beside it.",
        RulesetErrorId.JsonInvalid or RulesetErrorId.Empty => "Save the output of `nft -j list ruleset` again.",
        RulesetErrorId.TooLarge => "Ask for the chains that matter with -Chain.",
        _ => "The other lines were read.",
    };
}
