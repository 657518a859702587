BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Watch-ChecksumDrop' {
    It 'refuses <Parameters.Keys> <Parameters.Values>' -ForEach @(
        @{ Parameters = @{ First = 0 } }
        @{ Parameters = @{ Duration = 0 } }
        @{ Parameters = @{ Port = 0 } }
        @{ Parameters = @{ MaximumRate = 0 } }
    ) {
        { Watch-ChecksumDrop @Parameters } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'says that there is no such folder for its metrics' {
        Watch-ChecksumDrop -Prometheus $TestDrive/nosuch/drops.prom -Duration 0.1 -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be 'ReportFolderNotFound,VxlanCsum.Commands.WatchChecksumDropCommand'
    }

    It 'gives packets, so that whatever takes packets takes drops' {
        [VxlanCsum.ChecksumDrop].IsSubclassOf([VxlanCsum.PacketChecksum]) | Should -BeTrue
    }
}

Describe 'Watch-ChecksumDrop live (Linux, root, BTF)' -Skip:(-not ($IsLinux -and [Environment]::IsPrivilegedProcess -and (Test-Path /sys/kernel/btf/vmlinux))) {
    It 'says that there is no such namespace, and what to do' {
        Watch-ChecksumDrop -NetworkNamespace nosuch -Duration 0.1 -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be 'NetworkNamespaceNotFound,VxlanCsum.Commands.WatchChecksumDropCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'shows nothing where nothing is dropped, and writes its metrics whole' {
        Watch-ChecksumDrop -Duration 0.2 -Port 48123 -Prometheus $TestDrive/drops.prom | Should -BeNullOrEmpty
        Get-Content $TestDrive/drops.prom -Raw | Should -Match '(?m)^vxlancsum_dropped_packets_missed_total 0$'
        Get-ChildItem $TestDrive -Filter '.*' -Force | Should -BeNullOrEmpty
    }

    It 'writes a capture that holds nothing where nothing was dropped' {
        Watch-ChecksumDrop -Duration 0.2 -Port 48123 -WriteTo $TestDrive/drops.pcapng
        Read-PcapChecksum $TestDrive/drops.pcapng | Should -BeNullOrEmpty
    }
}
