namespace VxlanCsum.Netfilter.Nftables;

/// <summary>A word of nft's language.</summary>
/// <param name="Text">Without quotes.</param>
/// <param name="Quoted">It stood in quotes, so it is no keyword.</param>
/// <param name="Start">Where it begins in the statement.</param>
/// <param name="End">Behind it.</param>
internal readonly record struct NftToken(string Text, bool Quoted, int Start, int End)
{
    public bool Is(string keyword) => !Quoted && Text == keyword;
}
