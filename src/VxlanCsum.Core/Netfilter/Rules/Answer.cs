namespace VxlanCsum.Netfilter.Rules;

/// <summary>Whether something holds. The order makes And the smaller and Or the greater of two.</summary>
internal enum Answer : byte
{
    No = 0,
    Unknown = 1,
    Yes = 2,
}

internal static class Answers
{
    public static Answer Of(bool value) => value ? Answer.Yes : Answer.No;

    public static Answer And(Answer left, Answer right) => left < right ? left : right;

    public static Answer Or(Answer left, Answer right) => left > right ? left : right;

    public static Answer Not(Answer answer) => 2 - answer;

    public static Answer NotIf(this Answer answer, bool negated) => negated ? Not(answer) : answer;
}
