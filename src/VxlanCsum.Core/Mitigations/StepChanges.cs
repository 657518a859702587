namespace VxlanCsum.Mitigations;

/// <summary>A rule that is put in, or taken out where <paramref name="Removes"/> is set.</summary>
/// <param name="Tool">The iptables program.</param>
/// <param name="Position">1-based place in the chain; 0 for the end.</param>
/// <param name="Words">The rule as iptables-save writes it, word by word, without "-A CHAIN".</param>
internal sealed record RuleChange(
    string Tool, NetfilterBackend Backend, NetfilterFamily Family, string Table, string Chain, int Position, string[] Words, bool Removes);

/// <summary>A table of nf_tables that is made, with all that is in it.</summary>
internal sealed record TableChange(string Family, string Name);

/// <summary>Features of a device that are switched off; all of them were wanted on.</summary>
/// <param name="Index">The device's number: a device made anew under the same name has another.</param>
internal sealed record FeatureChange(string Interface, int Index, string[] Names);

/// <summary>A route to a network through a device.</summary>
/// <param name="Former">The route of the same network that it replaces, as `ip route show` has it; null for none.</param>
internal sealed record RouteChange(string Tool, NetfilterFamily Family, string Destination, string Device, string? Former);

/// <summary>A file that is written.</summary>
/// <param name="Former">Its content before; null where there was no such file.</param>
internal sealed record FileChange(string Path, string Content, bool Executable, string? Former);

/// <summary>A setting that is read by one command and written by others.</summary>
internal sealed record SettingChange(string[] Read, string Value, string? Former);
