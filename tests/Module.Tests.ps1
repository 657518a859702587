BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'The module' {
    It 'has a valid manifest' {
        (Test-ModuleManifest $Manifest -ErrorAction Stop).Name | Should -Be 'VxlanCsum'
    }

    It 'exports exactly the cmdlets of its manifest' {
        $listed = (Import-PowerShellDataFile $Manifest).CmdletsToExport | Sort-Object
        (Get-Command -Module VxlanCsum).Name | Sort-Object | Should -Be $listed
    }

    It 'keeps its cmdlets when it is imported again or removed and imported' {
        $before = (Get-Command -Module VxlanCsum).Count
        Import-Module $Manifest -Force
        (Get-Command -Module VxlanCsum).Count | Should -Be $before
        Remove-Module VxlanCsum
        Import-Module $Manifest
        (Get-Command -Module VxlanCsum).Count | Should -Be $before
        Read-PcapChecksum (Get-Capture udpcsum-on-random.pcap) -Filter 'udp' -First 1 | Should -HaveCount 1
    }

    It 'gives its types a name that resolves' {
        [VxlanCsum.PacketChecksum].FullName | Should -Be 'VxlanCsum.PacketChecksum'
        [VxlanCsum.ChecksumStatus]::Partial | Should -Be 'Partial'
    }

    It 'uses approved verbs only' {
        $approved = (Get-Verb).Verb
        (Get-Command -Module VxlanCsum).Verb | Sort-Object -Unique | Where-Object { $_ -notin $approved } | Should -BeNullOrEmpty
    }

    It 'keeps third-party assemblies out of the load context of PowerShell' {
        Read-PcapChecksum (Get-Capture udpcsum-on-random.pcap) -First 1 -IncludePacket | Out-Null
        [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name |
            Where-Object { $_ -in 'PacketDotNet', 'SharpPcap', 'VxlanCsum.Node' } | Should -BeNullOrEmpty
    }

    It 'serialises its objects so that a job can send them' {
        $fault = Get-Capture udpcsum-on-random.pcap
        $packet = Start-Job { Import-Module $using:Manifest; Read-PcapChecksum $using:fault -Status Bad -First 1 } |
            Receive-Job -Wait -AutoRemoveJob
        $packet.Status | Should -Be 'Bad'
        $packet.Cause | Should -Be 'NatLocalChecksum'
        $packet.OuterSource | Should -Be '10.0.10.14:22208'
    }
}
