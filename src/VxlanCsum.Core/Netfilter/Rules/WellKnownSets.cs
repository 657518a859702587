namespace VxlanCsum.Netfilter.Rules;

/// <summary>Sets whose name says what is in them, for texts without ipset save.</summary>
internal static class WellKnownSets
{
    public static RuleCondition? Find(string set, string[] directions) => set switch
    {
        // kube-proxy, ipvs mode: each endpoint's address, port, and the same address again.
        "KUBE-LOOP-BACK" or "KUBE-6-LOOP-BACK" when directions.Length == 3 => new AllCondition(
            [new SameAddressCondition(), ConstantCondition.CannotTell(set)]),

        // Felix: the addresses of all pools, and of those whose pods are masqueraded on their way out.
        "cali40all-ipam-pools" or "cali60all-ipam-pools" when directions is [var one] =>
            new PodNetworkCondition(one == "src"),
        "cali40masq-ipam-pools" or "cali60masq-ipam-pools" when directions is [var one] => new AllCondition(
            [new PodNetworkCondition(one == "src"), ConstantCondition.CannotTell(set)]),
        _ => null,
    };
}
