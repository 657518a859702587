namespace VxlanCsum.Netfilter.Rules;

/// <summary>Rules of which a program says that it does not show them.</summary>
/// <param name="Backend">Whose.</param>
/// <param name="Family">Of which packets.</param>
/// <param name="Because">What they are, and the command that shows them.</param>
internal sealed record HiddenRules(NetfilterBackend Backend, NetfilterFamily Family, string Because);
