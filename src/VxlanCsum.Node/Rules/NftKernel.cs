using System.Buffers.Binary;
using System.Text;
using VxlanCsum.Node.Netlink;

namespace VxlanCsum.Node.Rules;

/// <summary>
/// nf_tables as the kernel tells it (linux/netfilter/nf_tables.h), table by table and chain by chain. nft itself takes
/// the whole ruleset into memory for the smallest question: 270 MB and more on a node of 10,000 services.
/// </summary>
internal sealed class NftKernel : IDisposable
{
    private const ushort Subsystem = 10 << 8, GetTable = 1, NewChain = 3, GetChain = 4, NewRule = 6, GetRule = 7,
        NewElements = 12, GetElements = 13;
    private const int HeaderLength = 4, Inet = 1, IPv4 = 2, IPv6 = 10;
    private readonly NetlinkSocket _socket = new(NetlinkProtocol.Nftables);
    private int? _generation;

    /// <summary>The rules were changed between two of the questions.</summary>
    public bool HasChanged { get; private set; }

    public static byte? Family(string name) => name switch
    {
        "ip" => IPv4,
        "ip6" => IPv6,
        "inet" => Inet,
        _ => null,
    };

    /// <summary>All tables of the families that tunnel packets meet.</summary>
    public List<NftTableHead> Tables()
    {
        var tables = new List<NftTableHead>();
        Dump(GetTable, 0, new NetlinkAttributeWriter(), tables.Clear, (family, attributes) =>
        {
            string name = string.Empty;
            ulong handle = 0;
            foreach (NetlinkAttribute attribute in attributes)
            {
                switch (attribute.Type)
                {
                    case 1:
                        name = attribute.String;
                        break;
                    case 4 when attribute.Data.Length >= sizeof(ulong):
                        handle = BinaryPrimitives.ReadUInt64BigEndian(attribute.Data);
                        break;
                }
            }

            if (family is Inet or IPv4 or IPv6)
            {
                tables.Add(new NftTableHead(family switch { IPv4 => "ip", IPv6 => "ip6", _ => "inet" }, name, handle));
            }
        });
        return tables;
    }

    /// <summary>A table's chains: how many, which the kernel calls, and those of the names that are asked
    /// for.</summary>
    public NftChains Chains(NftTableHead table, Predicate<string> wanted)
    {
        var chains = new NftChains();
        byte[] name = Encoding.UTF8.GetBytes(table.Name);
        Dump(GetChain, Family(table.Family)!.Value, new NetlinkAttributeWriter(), chains.Clear, (_, attributes) =>
        {
            NftChainHead? head = NftChainHead.Read(attributes, name);
            if (head is not null)
            {
                chains.Add(head, wanted);
            }
        });
        return chains;
    }

    /// <summary>A chain's rules, in order: each as its list of expressions.</summary>
    public void Rules(NftTableHead table, string chain, Action begin, NftExpressionsHandler handle)
    {
        byte[] tableName = Encoding.UTF8.GetBytes(table.Name), chainName = Encoding.UTF8.GetBytes(chain);
        var asked = new NetlinkAttributeWriter().Add(1, [.. tableName, 0]).Add(2, [.. chainName, 0]);
        Dump(GetRule, Family(table.Family)!.Value, asked, begin, (_, attributes) =>
        {
            bool ours = true;
            NetlinkAttributes expressions = default;
            foreach (NetlinkAttribute attribute in attributes)
            {
                // Kernels before 4.10 tell all chains whatever is asked.
                ours &= attribute.Type switch
                {
                    1 => attribute.Text.SequenceEqual(tableName),
                    2 => attribute.Text.SequenceEqual(chainName),
                    _ => true
                };
                if (attribute.Type == 4)
                {
                    expressions = attribute.Nested;
                }
            }

            if (ours)
            {
                handle(expressions);
            }
        });
    }

    /// <summary>A set's elements.</summary>
    public void Elements(NftTableHead table, string set, Action begin, NftExpressionsHandler handle)
    {
        var asked = new NetlinkAttributeWriter().Add(1, [.. Encoding.UTF8.GetBytes(table.Name), 0])
            .Add(2, [.. Encoding.UTF8.GetBytes(set), 0]);
        Dump(GetElements, Family(table.Family)!.Value, asked, begin, (_, attributes) =>
        {
            foreach (NetlinkAttribute attribute in attributes)
            {
                if (attribute.Type == 3)
                {
                    foreach (NetlinkAttribute element in attribute.Nested)
                    {
                        handle(element.Nested);
                    }
                }
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Dump(ushort message, byte family, NetlinkAttributeWriter asked, Action begin, NftMessageHandler handle)
    {
        byte[] attributes = asked.ToArray();
        byte[] body = [family, 0, 0, 0, .. attributes];
        _socket.RequestDump((ushort)(Subsystem | message), body, begin, (type, payload) =>
        {
            if (type is (Subsystem | NewRule) or (Subsystem | NewChain) or (Subsystem | NewElements) or Subsystem
                && payload.Length >= HeaderLength)
            {
                // The kernel writes the generation of its rules into each answer.
                int generation = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
                HasChanged |= _generation is { } before && before != generation;
                _generation = generation;
                handle(payload[0], new NetlinkAttributes(payload[HeaderLength..]));
            }
        });
    }

    private delegate void NftMessageHandler(byte family, NetlinkAttributes attributes);
}

/// <summary>Takes a rule's expressions, or what stands in an element of a set.</summary>
internal delegate void NftExpressionsHandler(NetlinkAttributes attributes);

/// <summary>A table, without what it holds.</summary>
/// <param name="Family">"ip", "ip6", "inet".</param>
/// <param name="Handle">Grows with each table that is made.</param>
internal sealed record NftTableHead(string Family, string Name, ulong Handle);
