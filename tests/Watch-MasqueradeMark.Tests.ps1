BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Watch-MasqueradeMark' {
    It 'refuses <Parameters.Keys> <Parameters.Values>' -ForEach @(
        @{ Parameters = @{ Mark = 0 } }
        @{ Parameters = @{ First = 0 } }
        @{ Parameters = @{ Duration = 0 } }
    ) {
        { Watch-MasqueradeMark @Parameters -WhatIf } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'says that there is no such namespace' {
        Watch-MasqueradeMark -NetworkNamespace nosuch -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be 'NetworkNamespaceNotFound,VxlanCsum.Commands.WatchMasqueradeMarkCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'completes its methods' {
        (Get-Completion 'Watch-MasqueradeMark -Method ').CompletionText | Should -Contain 'Trace'
    }
}

Describe 'Watch-MasqueradeMark live (Linux, root, ip, iptables, nft)' -Skip:(-not $LiveRules -or -not (Get-Command nft -CommandType Application -ErrorAction Ignore)) {
    BeforeAll { function Get-Table { ip netns exec $lab nft list tables } }
    BeforeEach {
        $lab = New-Lab
        Import-Rule $lab g1.iptables-legacy-save.txt
        $before = Get-Table
        $place = @{ NetworkNamespace = $lab; JournalPath = Join-Path $TestDrive "$lab.jsonl"; Method = 'Trace' }
    }
    AfterEach { Remove-Lab $lab }

    It 'changes nothing with -WhatIf' {
        Watch-MasqueradeMark @place -WhatIf -Duration 0.1 | Should -BeNullOrEmpty
        $place.JournalPath | Should -Not -Exist
        Get-Table | Should -Be $before
    }

    It 'leaves nothing behind when the time is over' {
        Watch-MasqueradeMark @place -Duration 0.2 | Should -BeNullOrEmpty
        Get-Table | Should -Be $before
        Undo-ChecksumMitigation -All -JournalPath $place.JournalPath -Confirm:$false | Should -BeNullOrEmpty
    }

    It 'gives the packets that have the mark, shows them in a line, and leaves nothing behind when that was enough' {
        ip netns exec $lab iptables-legacy -t mangle -A OUTPUT -d 10.9.0.2 -j MARK --set-xmark 0x4000/0x4000
        # Within two seconds of watching one is sure to come; the sender stops by itself.
        $sender = Start-Process ip -PassThru -ArgumentList 'netns', 'exec', $lab, 'bash', '-c', '"for i in $(seq 40); do echo > /dev/udp/10.9.0.2/53; sleep 0.05; done"'
        $packet = Watch-MasqueradeMark @place -First 1 -Duration 20
        $packet.Mark | Should -Be 0x4000
        "$($packet.Destination)" | Should -Match '^10\.9\.0\.2'
        $packet | Get-Shown | Should -Match '10\.9\.0\.2'
        ($packet | Copy-Remotely).Mark | Should -Be 0x4000
        Get-Table | Should -Be $before
        $sender.WaitForExit()
    }
}
