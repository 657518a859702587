namespace VxlanCsum.Netfilter.Rules;

/// <summary>How much had been read at some moment.</summary>
internal readonly record struct RulesetMark(int Tables, int Problems, int Unread, long Kept, long Rules);
