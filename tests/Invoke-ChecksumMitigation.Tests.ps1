BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Invoke-ChecksumMitigation' {
    It 'asks before it changes something, whatever the session prefers' {
        $command = Get-Command Invoke-ChecksumMitigation
        $command.Parameters.Keys | Should -Contain 'WhatIf'
        $command.ImplementingType.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false).ConfirmImpact | Should -Be 'High'
    }

    It 'says that no kind was named' {
        Invoke-ChecksumMitigation -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be 'MitigationKindMissing,VxlanCsum.Commands.InvokeChecksumMitigationCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -Match 'Get-ChecksumMitigation'
    }
}

Describe 'Invoke-ChecksumMitigation live (Linux, root, ip, iptables)' -Skip:(-not $LiveRules) {
    BeforeEach {
        $lab = New-Lab
        Import-Rule $lab g1.iptables-legacy-save.txt
        $journal = Join-Path $TestDrive "$lab.jsonl"
        $place = @{ NetworkNamespace = $lab; JournalPath = $journal }
    }
    AfterEach { Remove-Lab $lab }

    It 'changes nothing with -WhatIf, and writes no journal' {
        Invoke-ChecksumMitigation UnmarkTunnel @place -WhatIf | Should -BeNullOrEmpty
        Test-Path $journal | Should -BeFalse
        (Get-ChecksumMitigation UnmarkTunnel @place).Applied | Should -BeFalse
    }

    It 'applies, verifies, and tells how to undo' {
        $receipt = Invoke-ChecksumMitigation UnmarkTunnel @place -Confirm:$false
        $receipt.Changed | Should -BeTrue
        $receipt.Verified | Should -BeTrue
        $receipt.UndoCommand | Should -Be "Undo-ChecksumMitigation -Id $($receipt.Id) -JournalPath '$journal'"
        (Trace-KubePostrouting -NetworkNamespace $lab).Verdict | Should -Be 'Safe'
        (Get-ChecksumMitigation UnmarkTunnel @place).Id | Should -Be $receipt.Id
        $receipt | Get-Shown -Width 200 | Should -Match '(?m)^Verified +: True$'
        ($receipt | Copy-Remotely).Id | Should -Be $receipt.Id
    }

    It 'changes nothing the second time' {
        $null = Invoke-ChecksumMitigation UnmarkTunnel @place -Confirm:$false
        $again = Invoke-ChecksumMitigation UnmarkTunnel @place -Confirm:$false
        $again.Changed | Should -BeFalse
        $again.Verified | Should -BeTrue
    }

    It 'refuses packets of a sender that is not this node, and names him' {
        $faulty = Test-VxlanChecksum (Get-Capture udpcsum-on-random.pcap) | Where-Object Cause -EQ NatLocalChecksum
        { $faulty | Invoke-ChecksumMitigation @place -Confirm:$false -ErrorAction Stop } | Should -Throw '*10.0.10.14*' -ErrorId 'MitigationOtherNode*'
        Test-Path $journal | Should -BeFalse
    }

    It 'takes the first that can be applied, from <From>: <Kind>' -ForEach @(
        @{ From = 'Trace-KubePostrouting'; Kind = 'UnmarkTunnel' }
        @{ From = 'Get-ChecksumMitigation'; Kind = 'UnmarkTunnel' }
        @{ From = 'Test-VxlanChecksum'; Kind = 'NoTrackTunnel' }
    ) {
        $receipt = switch ($From) {
            'Trace-KubePostrouting' { Trace-KubePostrouting -NetworkNamespace $lab | Invoke-ChecksumMitigation @place -Confirm:$false }
            'Get-ChecksumMitigation' { Get-ChecksumMitigation @place | Where-Object Applicable | Select-Object -First 1 | Invoke-ChecksumMitigation -Confirm:$false -JournalPath $journal }
            'Test-VxlanChecksum' { Test-VxlanChecksum (Get-Capture udpcsum-on-random.pcap) | Where-Object Cause -EQ NatLocalChecksum | Invoke-ChecksumMitigation @place -Confirm:$false -Force }
        }
        $receipt.Kind | Should -Be $Kind
        $receipt.Verified | Should -BeTrue
    }

    It 'says <ErrorId> of <Kind>, changes nothing, and goes on' -ForEach @(
        @{ Kind = 'AddServiceRoute'; ErrorId = 'MitigationNotApplicable' }
        @{ Kind = 'RemovePostroutingJump'; ErrorId = 'MitigationNeedsForce' }
    ) {
        $receipts = Invoke-ChecksumMitigation $Kind, UnmarkTunnel @place -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be "$ErrorId,VxlanCsum.Commands.InvokeChecksumMitigationCommand"
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $receipts.Kind | Should -Be 'UnmarkTunnel'
        { Invoke-ChecksumMitigation $Kind @place -Confirm:$false -ErrorAction Stop } | Should -Throw -ErrorId "$ErrorId,*"
    }
}
