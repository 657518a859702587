using System.Numerics;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Causes;

/// <summary>For which address or port a wrong checksum is right.</summary>
/// <param name="Flow">The flow it is about.</param>
/// <param name="LogChance">That the match is chance, corrected for the candidates tried.</param>
/// <param name="IsSource">The source was rewritten; else the destination.</param>
internal sealed record StaleName(DamagedFlow Flow, double LogChance, bool IsSource)
{
    /// <summary>None where the address is the packet's own.</summary>
    public HostId Address { get; init; }

    /// <summary>0 where the port is the packet's own.</summary>
    public int Port { get; init; }

    /// <summary>The port is computed, not known from the capture; then the other side's port would explain it as well.</summary>
    public int OtherPort { get; init; }
}

/// <summary>
/// A checksum that NAT left alone is right for the address and port before it: found - right = new - old (mod 65535).
/// It counts as proven only when the old address or port can be named.
/// </summary>
internal static class StaleTest
{
    private const int FlowsTested = 256;

    /// <summary>Beyond this, chance is no explanation.</summary>
    private static readonly double Convincing = Math.Log(0.01);

    public static List<StaleName> Evaluate(InnerFaults faults, CaptureMap map)
    {
        List<StaleName> names = [];
        foreach (DamagedFlow flow in faults.Flows.Take(FlowsTested))
        {
            if (flow.CanBeStale && flow.Delta != 0 && flow.Disagreeing == 0 && Name(flow, map) is { } name)
            {
                names.Add(name);
            }
        }

        return names;
    }

    private static StaleName? Name(DamagedFlow flow, CaptureMap map)
    {
        double repeats = (flow.Agreeing - 1) * Chance.LogOneValue;
        StaleName? name = ByAddress(flow, map, repeats);
        if (name is null && flow.Key.DestinationPort != 0)
        {
            name = ByEndpoint(flow, map, repeats) ?? ByPort(flow, map, repeats);
        }

        return name is not null && name.LogChance < Convincing ? name : null;
    }

    private static StaleName? ByAddress(DamagedFlow flow, CaptureMap map, double repeats)
    {
        FlowKey key = flow.Key;
        int tests = 2 * (map.NodeAddresses.Count + map.Addresses.Count);
        double chance = Chance.Corrected(Chance.LogOneValue + repeats, tests);
        // Every NAT corrects the IP header's own sum, so there one packet proves nothing.
        if (key.Protocol == ChecksumProtocol.IPv4 && flow.Agreeing < 2)
        {
            return null;
        }

        foreach (HostId old in map.NodeAddresses.Concat(map.Addresses))
        {
            if (old.Size != key.Source.Size)
            {
                continue;
            }

            if (old != key.Source && !IsOneBit(old, key.Source, flow) && Residue.Of(key.Source.WordSum - old.WordSum) == flow.Delta)
            {
                return new StaleName(flow, chance, IsSource: true) { Address = old };
            }

            if (old != key.Destination && !IsOneBit(old, key.Destination, flow) && Residue.Of(key.Destination.WordSum - old.WordSum) == flow.Delta)
            {
                return new StaleName(flow, chance, IsSource: false) { Address = old };
            }
        }

        return null;
    }

    /// <summary>One packet whose address is one bit away from another's is damaged rather than translated.</summary>
    private static bool IsOneBit(HostId old, HostId now, DamagedFlow flow) =>
        flow.Agreeing < 2 && BitOperations.PopCount(old.High ^ now.High) + BitOperations.PopCount(old.Low ^ now.Low) == 1;

    /// <summary>An address with its port, as DNAT from a service to a pod rewrites them.</summary>
    private static StaleName? ByEndpoint(DamagedFlow flow, CaptureMap map, double repeats)
    {
        FlowKey key = flow.Key;
        int tests = 2 * map.Endpoints.Count;
        double chance = Chance.Corrected(Chance.LogOneValue + repeats, tests);
        foreach ((HostId address, ushort port) in map.Endpoints)
        {
            if (address.Size != key.Source.Size)
            {
                continue;
            }

            long old = address.WordSum + port;
            if (address != key.Destination && Residue.Of(key.Destination.WordSum + key.DestinationPort - old) == flow.Delta)
            {
                return new StaleName(flow, chance, IsSource: false) { Address = address, Port = port };
            }

            if (address != key.Source && Residue.Of(key.Source.WordSum + key.SourcePort - old) == flow.Delta)
            {
                return new StaleName(flow, chance, IsSource: true) { Address = address, Port = port };
            }
        }

        return null;
    }

    /// <summary>A port alone: any difference is some port's, so only packets that agree prove it.</summary>
    private static StaleName? ByPort(DamagedFlow flow, CaptureMap map, double repeats)
    {
        if (flow.Agreeing < 2)
        {
            return null;
        }

        FlowKey key = flow.Key;
        int source = Residue.Of(key.SourcePort - flow.Delta), destination = Residue.Of(key.DestinationPort - flow.Delta);
        bool seen = map.Endpoints.Any(e => e.Port == destination);
        return new StaleName(flow, repeats, IsSource: !seen) { Port = seen ? destination : source, OtherPort = seen ? source : destination };
    }
}
