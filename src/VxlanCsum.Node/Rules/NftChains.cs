using System.Buffers.Binary;
using VxlanCsum.Node.Netlink;

namespace VxlanCsum.Node.Rules;

/// <summary>The chains of a table, of which those that only rules call are counted and not kept.</summary>
internal sealed class NftChains
{
    private readonly List<NftChainHead> _called = [];
    private readonly List<string> _named = [];

    public int Count { get; private set; }

    /// <summary>Those that the kernel calls.</summary>
    public IReadOnlyList<NftChainHead> Called => _called;

    /// <summary>Those that were asked for by name.</summary>
    public IReadOnlyList<string> Named => _named;

    public void Clear()
    {
        Count = 0;
        _called.Clear();
        _named.Clear();
    }

    public void Add(NftChainHead chain, Predicate<string> wanted)
    {
        Count++;
        if (chain.Hook is not null)
        {
            _called.Add(chain);
        }
        else if (wanted(chain.Name))
        {
            _named.Add(chain.Name);
        }
    }
}

/// <summary>A chain, without its rules.</summary>
/// <param name="Hook">In nft's words; null for one that only rules call.</param>
internal sealed record NftChainHead(string Name, string? Hook, int Priority, string Type, bool Drops)
{
    private static readonly string[] s_hooks = ["prerouting", "input", "forward", "output", "postrouting", "ingress"];

    /// <summary>Tunnel packets of the node itself come by here.</summary>
    public bool IsOnTheWay => Hook is "output" or "postrouting";

    /// <summary>Null where it is of another table: the kernel tells the chains of all.</summary>
    public static NftChainHead? Read(NetlinkAttributes attributes, ReadOnlySpan<byte> table)
    {
        string name = string.Empty, type = "filter";
        string? hook = null;
        int priority = 0;
        bool drops = false;
        foreach (NetlinkAttribute attribute in attributes)
        {
            switch (attribute.Type)
            {
                case 1 when !attribute.Text.SequenceEqual(table):
                    return null;
                case 3:
                    name = attribute.String;
                    break;
                case 4:
                    (hook, priority) = Place(attribute.Nested);
                    break;
                case 5:
                    drops = Number(attribute.Data) == 0;
                    break;
                case 7:
                    type = attribute.String;
                    break;
            }
        }

        return new NftChainHead(name, hook, priority, type, drops);
    }

    private static (string Hook, int Priority) Place(NetlinkAttributes attributes)
    {
        int hook = 0, priority = 0;
        foreach (NetlinkAttribute attribute in attributes)
        {
            hook = attribute.Type == 1 ? Number(attribute.Data) : hook;
            priority = attribute.Type == 2 ? Number(attribute.Data) : priority;
        }

        return ((uint)hook < s_hooks.Length ? s_hooks[hook] : "unknown", priority);
    }

    private static int Number(ReadOnlySpan<byte> data) =>
        data.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32BigEndian(data) : 0;
}
