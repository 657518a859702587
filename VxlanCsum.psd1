@{
    RootModule           = 'bin/VxlanCsum.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '7d3a5a6e-0d0b-4c7e-9f5e-6f1b8f6f2c4a'
    Author               = 'The VxlanCsum authors'
    CompanyName          = 'VxlanCsum'
    Copyright            = '(c) The VxlanCsum authors. MIT licence.'
    Description          = 'Finds, explains, mitigates and proves the cure of the VXLAN checksum fault on Kubernetes nodes: encapsulated packets that are SNATed a second time while their checksum is half-made by offloading.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FormatsToProcess     = @('VxlanCsum.Format.ps1xml')
    NestedModules        = @('VxlanCsum.Once.psm1', 'VxlanCsum.Types.psd1')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'ConvertFrom-TcpdumpText'
        'ConvertTo-ChecksumReport'
        'Export-ChecksumReport'
        'Get-ChecksumAdvisory'
        'Get-ChecksumDiagnosis'
        'Get-ChecksumErrorCounter'
        'Get-ChecksumMitigation'
        'Get-KubeNodeRisk'
        'Get-KubePostroutingRule'
        'Get-OffloadFeature'
        'Get-VxlanInterface'
        'Get-VxlanNatBinding'
        'Invoke-ChecksumMitigation'
        'Measure-PcapChecksum'
        'Merge-PcapChecksum'
        'Read-PcapChecksum'
        'Repair-PcapChecksum'
        'Resolve-NatChecksum'
        'Set-OffloadFeature'
        'Test-KernelChecksumDefect'
        'Test-KubeServiceDns'
        'Test-VxlanChecksum'
        'Trace-KubePostrouting'
        'Undo-ChecksumMitigation'
        'Watch-ChecksumDrop'
        'Watch-MasqueradeMark'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('VXLAN', 'checksum', 'Kubernetes', 'kube-proxy', 'MASQUERADE', 'offload', 'ethtool', 'iptables', 'pcap', 'tcpdump', 'flannel', 'Calico', 'Linux')
            LicenseUri   = 'https://spdx.org/licenses/MIT.html'
            ProjectUri   = 'https://www.powershellgallery.com/packages/VxlanCsum'
            ReleaseNotes = 'See CHANGELOG.md'
        }
    }
}
