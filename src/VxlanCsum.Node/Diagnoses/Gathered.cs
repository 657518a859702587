using VxlanCsum.Diagnoses;
using VxlanCsum.Netfilter.Reading;

namespace VxlanCsum.Node.Diagnoses;

/// <summary>What was gathered of a node.</summary>
/// <param name="Evidence">To be judged.</param>
/// <param name="RuleTexts">What its rules were read from.</param>
internal sealed record Gathered(NodeEvidence Evidence, IReadOnlyList<RuleText> RuleTexts);
