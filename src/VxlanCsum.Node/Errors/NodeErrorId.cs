namespace VxlanCsum.Node.Errors;

/// <summary>The error ids of what touches the machine. Scripts rely on them: never rename one.</summary>
internal static class NodeErrorId
{
    public const string NotLinux = "NotLinux";

    public const string NamespaceNotFound = "NetworkNamespaceNotFound";
    public const string NamespaceInvalid = "NetworkNamespaceInvalid";
    public const string NamespacePermission = "NetworkNamespacePermission";
    public const string NamespaceFailed = "NetworkNamespaceFailed";
}
