namespace VxlanCsum.Mitigations;

/// <summary>A rule that is put in, or taken out where <paramref name="Removes"/> is set.</summary>
/// <param name="Position">1-based place in the chain; 0 for the end.</param>
/// <param name="Words">The rule as iptables-save writes it, word by word, without "-A CHAIN".</param>
internal sealed record RuleChange(
    NetfilterBackend Backend, NetfilterFamily Family, string Table, string Chain, int Position, string[] Words,
    bool Removes)
{
    /// <summary>The chain before.</summary>
    public ChainState? Former { get; init; }
}

/// <summary>A chain as it was saved.</summary>
/// <param name="HasTable">Its table was there.</param>
/// <param name="HasChain">It was there itself.</param>
/// <param name="Rules">Its rules, each as iptables-save writes it.</param>
internal sealed record ChainState(bool HasTable, bool HasChain, string[] Rules);

/// <summary>A table of nf_tables that is made, with all that is in it.</summary>
internal sealed record TableChange(string Family, string Name);

/// <summary>Features of a device that are switched off; all of them were wanted on.</summary>
/// <param name="Index">The device's number: a device made anew under the same name has another.</param>
internal sealed record FeatureChange(string Interface, int Index, string[] Names)
{
    /// <summary>The features that were in effect before; null where that was not read yet.</summary>
    public string[]? Former { get; init; }
}

/// <summary>A route to a network through a device.</summary>
internal sealed record RouteChange(NetfilterFamily Family, string Destination, string Device)
{
    /// <summary>The routes of the same network before, each as the kernel told it over netlink.</summary>
    public byte[][] Former { get; init; } = [];

    /// <summary>The names of the devices of those routes by number: after a reboot the number is another's.</summary>
    public Dictionary<int, string>? Names { get; init; }
}

/// <summary>Bindings of a tunnel's packets that are forgotten. Nothing brings them back: traffic makes new ones.</summary>
internal sealed record BindingChange(NetfilterFamily Family, ushort Port);

/// <summary>A file that is written.</summary>
internal sealed record FileChange(string Path, byte[] Content, uint Mode)
{
    /// <summary>What stood there before; null where nothing did.</summary>
    public FileState? Former { get; init; }
}

/// <summary>A file as it is on the disk.</summary>
/// <param name="Content">Its bytes; null of a symbolic link.</param>
/// <param name="LinkTarget">Where a symbolic link leads; null of a file.</param>
internal sealed record FileState(byte[]? Content, string? LinkTarget, uint Mode, uint Owner, uint Group)
{
    public bool IsSame(FileState? other) =>
        other is not null && LinkTarget == other.LinkTarget && (LinkTarget is not null
        || (Mode == other.Mode && Owner == other.Owner && Group == other.Group
            && Content.AsSpan().SequenceEqual(other.Content)));
}

/// <summary>A unit of systemd that is switched on; without a name, systemd is only told to read its units
/// again.</summary>
/// <param name="Root">The folder that stands for /; empty for the running system.</param>
internal sealed record UnitChange(string? Name, string Root)
{
    /// <summary>It was enabled before.</summary>
    public bool WasEnabled { get; init; }
}

/// <summary>Felix's featureDetectOverride.</summary>
/// <param name="Former">Its value before; null for none.</param>
internal sealed record SettingChange(string Value, string? Former);
