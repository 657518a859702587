using System.Text;

namespace VxlanCsum.Node.Netlink;

/// <summary>Removes what iptables-nft brought in and left empty. The kernel refuses where a rule is in it: nobody's is
/// lost.</summary>
internal static class NftTables
{
    private const ushort Subsystem = 10 << 8, DeleteTable = Subsystem | 2, GetChain = Subsystem | 4,
        DeleteChain = Subsystem | 5, BatchBegin = 0x10, BatchEnd = 0x11;

    /// <summary>NLM_F_NONREC: not what still has something in it.</summary>
    private const ushort NotWithContent = 0x100;

    private const int HeaderLength = 4;
    private const ushort TableName = 1, ChainTable = 1, ChainName = 3;

    /// <summary>The chains of a table that the kernel has: iptables-nft-save shows some that it has not.</summary>
    public static HashSet<string> Chains(NetfilterFamily family, string table)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var socket = new NetlinkRequests(NetlinkRequests.Netfilter);
        foreach (byte[] answer in socket.Dump(GetChain, [Protocol(family), 0, 0, 0])
            .Where(static a => a.Length > HeaderLength))
        {
            (string? of, string? name) = (null, null);
            foreach (NetlinkAttribute attribute in new NetlinkAttributes(answer.AsSpan(HeaderLength)))
            {
                (of, name) = attribute.Type switch
                {
                    ChainTable => (attribute.String, name),
                    ChainName => (of, attribute.String),
                    _ => (of, name)
                };
            }

            if (of == table && name is not null)
            {
                names.Add(name);
            }
        }

        return names;
    }

    /// <summary>Removes chains, and the table with them, in one transaction: all or nothing.</summary>
    /// <returns>Whether they are gone.</returns>
    public static bool Delete(NetfilterFamily family, string table, IEnumerable<string> chains, bool withTable)
    {
        byte protocol = Protocol(family);
        List<NetlinkRequest> requests = [new(BatchBegin, 0, [0, 0, 0, 10])];
        requests.AddRange(chains.Select(chain => new NetlinkRequest(DeleteChain, NotWithContent,
            [protocol, 0, 0, 0, .. Attribute(ChainTable, table), .. Attribute(ChainName, chain)])));
        if (withTable)
        {
            requests.Add(
                new NetlinkRequest(DeleteTable, NotWithContent, [protocol, 0, 0, 0, .. Attribute(TableName, table)]));
        }

        requests.Add(new NetlinkRequest(BatchEnd, 0, [0, 0, 0, 10]));
        using var socket = new NetlinkRequests(NetlinkRequests.Netfilter);
        return socket.Send([.. requests]) == 0;
    }

    private static byte Protocol(NetfilterFamily family) => family == NetfilterFamily.IPv6 ? (byte)10 : (byte)2;

    private static byte[] Attribute(ushort type, string text)
    {
        byte[] data = [.. Encoding.UTF8.GetBytes(text), 0];
        int length = 4 + data.Length;
        byte[] attribute = new byte[(length + 3) & ~3];
        BitConverter.TryWriteBytes(attribute, (ushort)length);
        BitConverter.TryWriteBytes(attribute.AsSpan(2), type);
        data.CopyTo(attribute, 4);
        return attribute;
    }
}
