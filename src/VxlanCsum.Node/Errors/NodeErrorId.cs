namespace VxlanCsum.Node.Errors;

/// <summary>The error ids of what touches the machine. Scripts rely on them: never rename one.</summary>
internal static class NodeErrorId
{
    public const string NotLinux = "NotLinux";

    public const string NamespaceNotFound = "NetworkNamespaceNotFound";
    public const string NamespaceInvalid = "NetworkNamespaceInvalid";
    public const string NamespacePermission = "NetworkNamespacePermission";
    public const string NamespaceFailed = "NetworkNamespaceFailed";

    public const string InterfaceNotFound = "InterfaceNotFound";
    public const string InterfaceNameInvalid = "InterfaceNameInvalid";
    public const string NetlinkFailed = "NetlinkFailed";
    public const string ConnectionTableUnavailable = "ConnectionTableUnavailable";

    public const string InterfaceDown = "InterfaceDown";
    public const string LiveCapturePermission = "LiveCapturePermission";
    public const string LiveCaptureFailed = "LiveCaptureFailed";
    public const string LiveCaptureEnded = "LiveCaptureEnded";

    public const string CountersUnreadable = "ChecksumCountersUnreadable";

    public const string OffloadUnsupported = "OffloadUnsupported";
    public const string OffloadReadFailed = "OffloadReadFailed";
    public const string OffloadPermission = "OffloadPermission";
    public const string OffloadFeatureNotFound = "OffloadFeatureNotFound";
    public const string OffloadFixed = "OffloadFixed";
    public const string OffloadRefused = "OffloadRefused";

    public const string RulesPermission = "RulesPermission";
    public const string RulesLockBusy = "RulesLockBusy";
    public const string RulesUnreadable = "RulesUnreadable";

    public const string CommandNotFound = "CommandNotFound";
    public const string CommandFailed = "CommandFailed";
    public const string CommandTimeout = "CommandTimeout";

    public const string PathNotTrusted = "PathNotTrusted";

    public const string JournalUnusable = "JournalUnusable";
    public const string MitigationBusy = "MitigationBusy";
    public const string MitigationNotApplicable = "MitigationNotApplicable";
    public const string MitigationNeedsForce = "MitigationNeedsForce";
    public const string MitigationFailed = "MitigationFailed";
    public const string MitigationUndoFailed = "MitigationUndoFailed";
    public const string MitigationUnknown = "MitigationUnknown";
    public const string MitigationChangedMeanwhile = "MitigationChangedMeanwhile";
    public const string PersistenceUnavailable = "PersistenceUnavailable";
    public const string KernelTestFailed = "KernelTestFailed";
    public const string MitigationOtherNode = "MitigationOtherNode";
    public const string MitigationKindMissing = "MitigationKindMissing";
    public const string ServiceNetworkInvalid = "ServiceNetworkInvalid";
    public const string EvidenceFolderInUse = "EvidenceFolderInUse";
    public const string EvidenceFolderInvalid = "EvidenceFolderInvalid";
    public const string ServiceAddressInvalid = "ServiceAddressInvalid";
    public const string SourceAddressInvalid = "SourceAddressInvalid";
    public const string ClusterDnsNotFound = "ClusterDnsNotFound";
    public const string DnsNameInvalid = "DnsNameInvalid";
    public const string KernelLogUnreadable = "KernelLogUnreadable";
    public const string TraceUnavailable = "TraceUnavailable";
    public const string MarkWatchUnavailable = "MarkWatchUnavailable";
    public const string MarkRulesNotFound = "MarkRulesNotFound";
    public const string DropWatchUnsupported = "DropWatchUnsupported";
    public const string DropWatchPermission = "DropWatchPermission";
    public const string DropWatchFailed = "DropWatchFailed";

    public const string ReportExists = "ReportExists";
    public const string ReportFolderNotFound = "ReportFolderNotFound";
    public const string ReportNotWritable = "ReportNotWritable";
    public const string ReportFormatUnknown = "ReportFormatUnknown";
    public const string ReportPathInvalid = "ReportPathInvalid";
    public const string ReportInputUnsupported = "ReportInputUnsupported";

    public const string KubeconfigNotFound = "KubeconfigNotFound";
    public const string KubeconfigPluginRefused = "KubeconfigPluginRefused";
    public const string KubeconfigInvalid = "KubeconfigInvalid";
    public const string KubeContextNotFound = "KubeContextNotFound";
    public const string KubeApiUnreachable = "KubeApiUnreachable";
    public const string KubeApiCertificate = "KubeApiCertificate";
    public const string KubeApiUnauthorized = "KubeApiUnauthorized";
    public const string KubeApiForbidden = "KubeApiForbidden";
    public const string KubeApiNotFound = "KubeApiNotFound";
    public const string KubeApiFailed = "KubeApiFailed";
    public const string KubeApiListExpired = "KubeApiListExpired";
    public const string PrometheusFailed = "PrometheusFailed";
    public const string NodeReportsUnreadable = "NodeReportsUnreadable";
}
