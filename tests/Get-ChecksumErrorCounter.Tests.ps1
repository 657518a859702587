BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Get-ChecksumErrorCounter' -Skip:(-not $IsLinux) {
    It 'gives what /proc/net/snmp says' {
        $names, $values = Select-String '^Udp: ' /proc/net/snmp | ForEach-Object Line | ForEach-Object { , ($_ -split ' ') }
        $counter = Get-ChecksumErrorCounter | Where-Object Protocol -EQ Udp
        $counter.Counter | Should -Be 'InCsumErrors'
        $counter.Value | Should -BeGreaterOrEqual ([ulong] $values[[array]::IndexOf($names, 'InCsumErrors')])
        $counter.Delta | Should -BeNullOrEmpty
        $counter.NetworkNamespace | Should -BeNullOrEmpty
    }

    It 'gives what came meanwhile with -Interval, as often as -Count says' {
        $counters = Get-ChecksumErrorCounter -Interval 0.05 -Count 2
        ($counters | Where-Object Protocol -EQ Udp).Count | Should -Be 2
        $counters.Delta | Should -Not -Contain $null
        $counters[-1].Timestamp | Should -BeGreaterThan $counters[0].Timestamp
    }

    It 'ends when the pipeline wants no more' {
        Get-ChecksumErrorCounter -Interval 0.01 | Select-Object -First 1 | Should -HaveCount 1
    }

    It 'refuses <Parameters.Keys> <Parameters.Values>' -ForEach @(
        @{ Parameters = @{ Interval = 0 } }
        @{ Parameters = @{ Interval = -1 } }
        @{ Parameters = @{ Count = 0 } }
    ) {
        { Get-ChecksumErrorCounter @Parameters } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'goes on after a namespace that is not there' {
        $counters = 'nosuch', "/proc/$PID/ns/net" | ForEach-Object { [pscustomobject]@{ NetworkNamespace = $_ } } | Get-ChecksumErrorCounter -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be 'NetworkNamespaceNotFound,VxlanCsum.Commands.GetChecksumErrorCounterCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        if ((id -u) -eq 0) { $counters[0].Protocol | Should -Be 'Udp' }
    }
}

Describe 'Get-ChecksumErrorCounter live (Linux, root, ip)' -Skip:(-not $Live) {
    BeforeAll {
        $lab = New-Lab
        $counters = Get-ChecksumErrorCounter -NetworkNamespace $lab
    }
    AfterAll { Remove-Lab $lab }

    It 'counts nothing in a namespace of a moment''s age, for every protocol' {
        $counters.Protocol | Should -Be 'Udp', 'Udp6', 'UdpLite', 'UdpLite6', 'Tcp', 'Icmp', 'Icmp6', 'Ip', 'Ip6'
        $counters.Value | Sort-Object -Unique | Should -Be 0
        $counters.NetworkNamespace | Sort-Object -Unique | Should -Be $lab
    }

    It 'shows a table' {
        $counters | Select-Object -First 1 | Get-Shown | Should -Match '(?m)^Protocol +Counter +Value +Delta +Rate +NetworkNamespace$'
        $counters | Select-Object -First 1 | Get-Shown | Should -Match "(?m)^Udp +InCsumErrors +0 +$lab$"
    }

    It 'comes whole from another process' {
        ($counters[0] | Copy-Remotely).Value | Should -Be 0
        ($counters[0] | Copy-Remotely).Counter | Should -Be 'InCsumErrors'
    }
}
