using VxlanCsum.Node.Errors;

namespace VxlanCsum.Node.Rules;

/// <summary>The tables of nf_tables on a node on which one of them is large: then none is read whole.</summary>
internal sealed class LargeTables : IDisposable
{
    /// <summary>Chains of a table from which on it is large. A thousand services are three thousand and more.</summary>
    private const int Large = 2_000;

    private readonly NftKernel _kernel;
    private readonly Dictionary<NftTableHead, NftChains> _chains;

    private LargeTables(NftKernel kernel, Dictionary<NftTableHead, NftChains> chains)
    {
        _kernel = kernel;
        _chains = chains;
    }

    public IReadOnlyList<NftTableHead> Tables => [.. _chains.Keys];

    /// <summary>The rules were changed while they were read.</summary>
    public bool HasChanged
    {
        get
        {
            // One question more: its answer tells the generation once all else was read.
            _ = _kernel.Tables();
            return _kernel.HasChanged;
        }
    }

    /// <summary>Null where no table is large, or the kernel does not tell: then each is read whole by its own
    /// program.</summary>
    public static LargeTables? Find()
    {
        NftKernel? kernel = null;
        try
        {
            kernel = new NftKernel();
            var chains = new Dictionary<NftTableHead, NftChains>();
            foreach (NftTableHead table in kernel.Tables())
            {
                chains.Add(table, kernel.Chains(table, DecidingRules.Telling()));
            }

            if (chains.Values.Any(static c => c.Count > Large))
            {
                var large = new LargeTables(kernel, chains);
                kernel = null;
                return large;
            }
        }
        catch (NodeException)
        {
            // The programs meet the same refusal and tell it.
        }
        finally
        {
            kernel?.Dispose();
        }

        return null;
    }

    public DecidingRules Of(NftTableHead table) => new(_kernel, table, _chains[table]);

    /// <inheritdoc/>
    public void Dispose() => _kernel.Dispose();
}
