BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Get-ChecksumMitigation' {
    It 'completes kinds' {
        (Get-Completion 'Get-ChecksumMitigation -Kind NoT').CompletionText | Should -Be 'NoTrackTunnel'
    }

    It 'refuses <Value> for -<Parameter>' -ForEach @(
        @{ Parameter = 'Kind'; Value = 'nosuch'; ErrorId = 'CannotConvertArgumentNoMessage,*' }
        @{ Parameter = 'ServiceNetwork'; Value = '10.96.0.0/33'; ErrorId = 'ServiceNetworkInvalid,*' }
        @{ Parameter = 'Timeout'; Value = -1; ErrorId = 'ParameterArgumentValidationError,*' }
    ) {
        $given = @{ $Parameter = $Value }
        { Get-ChecksumMitigation @given } | Should -Throw -ErrorId $ErrorId
    }

    It 'says that there is no such namespace' {
        Get-ChecksumMitigation -NetworkNamespace nosuch -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be 'NetworkNamespaceNotFound,VxlanCsum.Commands.GetChecksumMitigationCommand'
    }
}

Describe 'Get-ChecksumMitigation live (Linux, root, ip, iptables)' -Skip:(-not $LiveRules) {
    BeforeAll {
        $lab = New-Lab
        Import-Rule $lab g1.iptables-legacy-save.txt
        $journal = Join-Path $TestDrive journal.jsonl
        $place = @{ NetworkNamespace = $lab; JournalPath = $journal }
        $all = Get-ChecksumMitigation @place
    }
    AfterAll { Remove-Lab $lab }

    It 'gives every mitigation in the order of its rank, with its cost and sources' {
        $all | ForEach-Object Rank | Should -Be (1..$all.Count)
        $all.Kind | Should -Contain 'NoTrackTunnel'
        $all.Cost | Should -Not -Contain $null
        $all | Where-Object { -not $_.Sources } | Should -BeNullOrEmpty
    }

    It 'says which can be applied here, and with which commands' {
        $notrack = $all | Where-Object Kind -EQ NoTrackTunnel
        $notrack.Applicable | Should -BeTrue
        $notrack.Applied | Should -BeFalse
        $notrack.Commands | Should -Contain 'iptables-legacy -w 10 -t raw -A OUTPUT -p udp -m udp --dport 4789 -m comment --comment vxlancsum:NoTrackTunnel -j NOTRACK'
        ($all | Where-Object Kind -EQ AddServiceRoute).Applicable | Should -BeFalse
    }

    It 'shows a table' {
        $lines = ($all | Get-Shown) -split "`n"
        $lines[0] | Should -Be 'Rank Kind                      State        Cures  Cost'
        $lines[2] | Should -Match '^1    UnmarkTunnel              applicable   A, B   none'
        $lines | Should -HaveCount ($all.Count + 2)
    }

    It 'takes kinds by position, by property name and from findings' {
        (Get-ChecksumMitigation UnmarkTunnel, NoTrackTunnel @place).Kind | Should -Be 'UnmarkTunnel', 'NoTrackTunnel'
        ([pscustomobject]@{ Kind = 'NoTrackTunnel' } | Get-ChecksumMitigation @place).Kind | Should -Be 'NoTrackTunnel'
        (Trace-KubePostrouting -NetworkNamespace $lab | Get-ChecksumMitigation @place).Kind | Should -Contain 'UnmarkTunnel'
        (Test-VxlanChecksum (Get-Capture udpcsum-on-random.pcap) | Where-Object Cause -EQ NatLocalChecksum | Get-ChecksumMitigation @place).Kind | Should -Contain 'NoTrackTunnel'
    }

    It 'suggests nothing where the rules are safe' {
        Trace-KubePostrouting -Path (Get-Data rules g2.iptables-legacy-save.txt) | Get-ChecksumMitigation @place | Should -BeNullOrEmpty
    }

    It 'comes whole and looks the same from another process' {
        $copies = $all | Copy-Remotely
        $copies.Kind | Should -Be "$($all.Kind)".Split(' ')
        $copies | Get-Shown | Should -Be ($all | Get-Shown)
    }
}
