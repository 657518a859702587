namespace VxlanCsum.Netfilter.Rules;

/// <summary>A set of ipset save, with its members as they are written.</summary>
internal sealed class AddressSet(string name, string type)
{
    public string Name { get; } = name;

    /// <summary>"hash:ip,port,ip".</summary>
    public string Type { get; } = type;

    public List<string> Members { get; } = [];

    /// <summary>It has more members than are kept: nothing can be said of what is in it.</summary>
    public bool IsTooLarge { get; set; }
}
