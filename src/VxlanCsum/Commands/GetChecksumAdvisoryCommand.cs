using System.Management.Automation;
using VxlanCsum.Advisories;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Files;
using VxlanCsum.Node.Versions;
using VxlanCsum.Sources;
using VxlanCsum.Text;

namespace VxlanCsum.Commands;

/// <summary>Get-ChecksumAdvisory: what versions suggest about the fault, with sources; of this node unless others are
/// given.</summary>
/// <remarks>
/// It never says that a node is not affected: corrections are taken over without a change of number, defect B is in
/// every kernel,
/// and old rules outlive upgrades. What a node does is told by Get-ChecksumDiagnosis and Test-KernelChecksumDefect.
/// </remarks>
[Cmdlet(VerbsCommon.Get, "ChecksumAdvisory",
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(Advisory))]
public sealed class GetChecksumAdvisoryCommand : NamespaceCommand
{
    private AdvisoryData _data = null!;

    /// <summary>As `uname -r` says, such as 5.4.0-42-generic.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("Kernel", "KernelVersion", "Release")]
    public string? KernelRelease { get; set; }

    /// <summary>As `uname -v` or Ubuntu's /proc/version_signature says; Debian's stable version stands only
    /// there.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? KernelBuild { get; set; }

    /// <summary>The distribution's name, such as "Ubuntu 20.04.6 LTS".</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("OSImage", "OperatingSystemImage")]
    public string? Distribution { get; set; }

    /// <summary>The kubelet's version, such as v1.18.5; it stands for kube-proxy's where that is not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("KubeletVersion", "Kubernetes", "KubernetesVersion")]
    public string? Kubelet { get; set; }

    /// <summary>kube-proxy's version.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("KubeProxyVersion")]
    public string? KubeProxy { get; set; }

    /// <summary>Calico's version.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("CalicoVersion")]
    public string? Calico { get; set; }

    /// <summary>flannel's version.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("FlannelVersion")]
    public string? Flannel { get; set; }

    /// <summary>The drivers of the cards below the tunnels, such as vmxnet3.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Drivers")]
    public string[] Driver { get; set; } = [];

    /// <summary>The node's name, to tell advisories of several apart.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? NodeName { get; set; }

    /// <summary>Other knowledge than the module's own: a file as schemas/advisories.schema.json describes it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DataPath { get; set; }

    private bool NothingGiven =>
        (KernelRelease ?? KernelBuild ?? Distribution ?? Kubelet ?? KubeProxy ?? Calico ?? Flannel) is null
            && Driver.Length == 0;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _data = DataPath is null ? AdvisoryCatalog.Own : ReadData(GetUnresolvedProviderPathFromPSPath(DataPath));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (NothingGiven && MyInvocation.ExpectingInput)
        {
            WriteError(new ErrorRecord(new PSArgumentException("The object has no version."), "VersionMissing",
                ErrorCategory.InvalidArgument, NodeName)
            {
                ErrorDetails = new ErrorDetails(
                    $"The object{(NodeName is null ? "" : $" of {SafeText.Escape(NodeName)}")} has no version that "
                    + $"is known here.")
                {
                    RecommendedAction =
                        "Give it properties such as KernelVersion, OSImage, KubeProxyVersion; of a Kubernetes node "
                        + "its status.nodeInfo has them.",
                },
            });
            return;
        }

        try
        {
            foreach (Advisory advisory in AdvisoryCatalog.Advise(NothingGiven ? ReadNode() : Given(), _data))
            {
                WriteObject(advisory);
            }
        }
        catch (NodeException e)
        {
            WriteError(e);
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
    }

    private NodeVersions ReadNode()
    {
        NodeVersions read = InNamespace(() => NodeVersionReader.Read(Stopped));
        return NodeName is null ? read : read with { NodeName = NodeName };
    }

    private NodeVersions Given() => new()
    {
        NodeName = NodeName,
        KernelRelease = KernelRelease,
        KernelBuild = KernelBuild,
        Distribution = Distribution,
        Kubelet = Kubelet,
        KubeProxy = KubeProxy,
        Calico = Calico,
        Flannel = Flannel,
        Drivers = Driver,
    };

    private const long LargestData = 16 << 20;

    private AdvisoryData ReadData(string path)
    {
        try
        {
            return AdvisoryData.Parse(BoundedFile.ReadAll(path, LargestData));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(TextFiles.Unreadable(path, e));
        }
        catch (FormatException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, "AdvisoryDataInvalid", ErrorCategory.InvalidData, path)
            {
                ErrorDetails = new ErrorDetails(
                    $"{SafeText.Escape(path)} is no knowledge of versions: {SafeText.Escape(e.Message)}")
                {
                    RecommendedAction = "Check it against advisories.schema.json.",
                },
            });
        }

        return AdvisoryCatalog.Own;
    }
}
