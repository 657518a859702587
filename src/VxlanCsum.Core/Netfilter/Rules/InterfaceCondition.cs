namespace VxlanCsum.Netfilter.Rules;

/// <summary>-i, -o; iifname, oifname. A name may end in a wildcard, kept here as "*".</summary>
internal sealed class InterfaceCondition(bool isOutput, string[] names, bool negated, string text) : RuleCondition
{
    public bool IsOutput { get; } = isOutput;

    public override Answer Test(PacketView packet, WalkState state)
    {
        // Null is unknown; an empty name is none: what this machine itself sends came in by no device.
        string? device = !IsOutput ? packet.InInterface
            : packet.Hook == "POSTROUTING" && state is { DestinationIsLocal: Answer.Yes, DestinationBound: true } ? "lo"
            : packet.OutInterface;
        if (device is null)
        {
            Answer some = Array.Exists(names, static n => n == "*") ? Answer.Yes
                : IsOutput && Array.TrueForAll(names, n => packet.NotOutInterfaces.Contains(n)) ? Answer.No
                : Answer.Unknown;
            return some.NotIf(negated);
        }

        return Answers.Of(Array.Exists(names, n => Matches(n, device))).NotIf(negated);
    }

    public override string ToString() => negated ? "! " + text : text;

    private static bool Matches(string name, string device) =>
        name.EndsWith('*') ? device.StartsWith(name.AsSpan(0, name.Length - 1), StringComparison.Ordinal)
            : name == device;
}
