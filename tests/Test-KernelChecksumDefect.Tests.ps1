BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Test-KernelChecksumDefect' {
    It 'knows two defects' {
        { Test-KernelChecksumDefect C } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        (Get-Completion 'Test-KernelChecksumDefect -Defect ').CompletionText | Should -Be 'A', 'B'
    }
}

Describe 'Test-KernelChecksumDefect live (Linux, root, ip, iptables)' -Skip:(-not $LiveRules) {
    BeforeAll {
        $namespaces = ip netns list
        $results = Test-KernelChecksumDefect
    }

    It 'tells of each defect whether this kernel has it, and what was seen' {
        $results.Defect | Should -Be 'A', 'B'
        $results.KernelRelease | Sort-Object -Unique | Should -Be (uname -r)
        foreach ($result in $results) {
            $result.Present | Should -BeOfType bool
            $result.Evidence[0] | Should -Be "$($result.Sent) packets sent, $($result.Received) received, InCsumErrors of UDP +$($result.ChecksumErrors)"
            $result.Sent | Should -BeGreaterThan 0
        }
    }

    It 'tests the one that is named' {
        (Test-KernelChecksumDefect B).Defect | Should -Be 'B'
    }

    It 'leaves no namespace behind' {
        ip netns list | Where-Object { $_ -match 'vxlancsum|vxtest' -and $_ -notin $namespaces } | Should -BeNullOrEmpty
    }

    It 'shows a table, and comes whole from another process' {
        $results | Get-Shown | Should -Match '(?m)^B +(True|False) +\S+ +\d+ packets sent'
        ($results | Copy-Remotely).Present | Should -Be $results.Present
    }
}
