BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Get-ChecksumAdvisory' {
    It 'says what <Kernel> suggests: <Suggests>' -ForEach @(
        @{ Kernel = '4.19.0'; Suggests = 'Affected', 'Affected' }
        @{ Kernel = '5.4.0-42-generic'; Suggests = 'Affected', 'Affected' }
        @{ Kernel = '6.18.0'; Suggests = 'FixIncluded', 'Affected' }
    ) {
        $advisories = Get-ChecksumAdvisory -KernelRelease $Kernel
        $advisories.Suggests | Should -Be $Suggests
        $advisories.Defects | Should -Be 'A', 'B'
    }

    It 'never says more than it knows: each has sources' {
        $advisories = Get-ChecksumAdvisory 5.4.0-42-generic -Kubelet v1.18.2
        $advisories.Subject | Should -Be 'Kernel', 'Kernel', 'Kubernetes'
        $advisories.Certainty | Should -Not -Contain $null
        $advisories.Sources | Should -Match '^https://'
    }

    It 'says nothing of what it was not told' {
        (Get-ChecksumAdvisory 5.4.0).NodeName | Should -Be $null, $null
        (Get-ChecksumAdvisory 5.4.0).Subject | Sort-Object -Unique | Should -Be 'Kernel'
    }

    It 'takes nodes by property name' {
        $advisories = [pscustomobject]@{ NodeName = 'n1'; KernelRelease = '4.19.0' }, [pscustomobject]@{ NodeName = 'n2'; KernelRelease = '6.18.0' } | Get-ChecksumAdvisory
        $advisories.NodeName | Should -Be 'n1', 'n1', 'n2', 'n2'
    }

    It 'asks this node where it is told nothing' -Skip:(-not $IsLinux) {
        (Get-ChecksumAdvisory | Where-Object Subject -EQ Kernel).Version | Sort-Object -Unique | Should -Be (uname -r)
    }

    It 'shows a table' {
        Get-ChecksumAdvisory 6.18.0 | Get-Shown | Should -Match '(?m)^Subject +Suggests +Message$'
        Get-ChecksumAdvisory 6.18.0 | Get-Shown | Should -Match '(?m)^Kernel 6\.18\.0 +Affected \(B\) +Every kernel from 4\.6'
    }

    It 'says that its data cannot be read' {
        { Get-ChecksumAdvisory 5.4.0 -DataPath /no/such -ErrorAction Stop } | Should -Throw -ErrorId 'TextFileUnreadable,VxlanCsum.Commands.GetChecksumAdvisoryCommand'
    }

    It 'comes whole and looks the same from another process' {
        $advisories = Get-ChecksumAdvisory 5.4.0
        $copies = $advisories | Copy-Remotely
        $copies.Message | Should -Be $advisories.Message
        $copies | Get-Shown | Should -Be ($advisories | Get-Shown)
    }
}
