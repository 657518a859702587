BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Undo-ChecksumMitigation' {
    It 'asks before it changes something' {
        (Get-Command Undo-ChecksumMitigation).Parameters.Keys | Should -Contain 'WhatIf'
    }

    It 'says that the journal knows no such id, and goes on' {
        Undo-ChecksumMitigation one, two -JournalPath (Join-Path $TestDrive none.jsonl) -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be (, 'MitigationUnknown,VxlanCsum.Commands.UndoChecksumMitigationCommand' * 2)
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'has nothing to undo where nothing was done' {
        Undo-ChecksumMitigation -All -JournalPath (Join-Path $TestDrive none.jsonl) | Should -BeNullOrEmpty
        Undo-ChecksumMitigation -Pending -JournalPath (Join-Path $TestDrive none.jsonl) | Should -BeNullOrEmpty
    }

    It 'takes an id, all, or what is pending, and not two of these' {
        { Undo-ChecksumMitigation -All -Pending } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }
}

Describe 'Undo-ChecksumMitigation live (Linux, root, ip, iptables)' -Skip:(-not $LiveRules) {
    BeforeAll { function Get-Rules { (ip netns exec $lab iptables-legacy-save -t $args) -notmatch '^#' -replace '\[\d+:\d+\]' } }
    BeforeEach {
        $lab = New-Lab
        Import-Rule $lab g1.iptables-legacy-save.txt
        $journal = Join-Path $TestDrive "$lab.jsonl"
        $place = @{ NetworkNamespace = $lab; JournalPath = $journal }
        $before = Get-Rules nat
        $receipts = Invoke-ChecksumMitigation UnmarkTunnel, DisableTxChecksum @place -Confirm:$false
    }
    AfterEach { Remove-Lab $lab }

    It 'changes nothing with -WhatIf' {
        $receipts | Undo-ChecksumMitigation -WhatIf | Should -BeNullOrEmpty
        (Get-ChecksumMitigation UnmarkTunnel @place).Applied | Should -BeTrue
    }

    It 'puts everything back as it was, from receipts' {
        $undone = $receipts | Undo-ChecksumMitigation -Confirm:$false
        $undone.Restored | Should -Be $true, $true
        $undone.Id | Should -Be $receipts.Id
        Get-Rules nat | Should -Be $before
        'raw', 'mangle', 'nat' | ForEach-Object { Get-Rules $_ } | Where-Object { $_ -match 'vxlancsum' } | Should -BeNullOrEmpty
        (Get-OffloadFeature vx0 -Name tx-checksum-ip-generic -NetworkNamespace $lab).Active | Should -BeTrue
    }

    It 'undoes all of a journal, the last first, and once' {
        (Undo-ChecksumMitigation -All -JournalPath $journal -Confirm:$false).Id | Should -Be $receipts[1].Id, $receipts[0].Id
        Undo-ChecksumMitigation -All -JournalPath $journal -Confirm:$false | Should -BeNullOrEmpty
        (Undo-ChecksumMitigation $receipts[0].Id -JournalPath $journal -Confirm:$false).Steps | Should -Be 'was undone already'
    }

    It 'completes the ids that can be undone, the last first' {
        $offered = Get-Completion "Undo-ChecksumMitigation -JournalPath $journal -Id "
        $offered.CompletionText | Should -Be $receipts[1].Id, $receipts[0].Id
        $offered[0].ToolTip | Should -Match "^DisableTxChecksum, applied .*namespace $lab"
    }

    It 'takes receipts that came from another process' {
        ($receipts[1] | Copy-Remotely | Undo-ChecksumMitigation -Confirm:$false).Restored | Should -BeTrue
    }
}
