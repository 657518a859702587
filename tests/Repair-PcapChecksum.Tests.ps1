BeforeAll {
    . $PSScriptRoot/common.ps1
    $fault = Get-Capture udpcsum-on-random.pcap
}

Describe 'Repair-PcapChecksum' {
    It 'writes a capture in which nothing is wrong, and leaves its source alone' {
        $before = (Get-FileHash $fault).Hash
        $repair = Repair-PcapChecksum $fault (Join-Path $TestDrive right.pcapng)
        $repair.RepairedChecksums | Should -Be 7
        (Get-FileHash $fault).Hash | Should -Be $before
        $repair.Path | Read-PcapChecksum | Group-Object Status | ForEach-Object Name | Should -Be Good
        Test-VxlanChecksum $repair.Path -Quiet | Should -BeTrue
    }

    It 'takes files from the pipeline into a folder' {
        $folder = New-Item (Join-Path $TestDrive many) -ItemType Directory
        $repairs = Get-ChildItem $Captures -Filter b-*.pcap | Repair-PcapChecksum -Destination $folder
        $repairs.Count | Should -BeGreaterThan 3
        $repairs.Path | Should -Be (Get-ChildItem $folder).FullName
    }

    It 'replaces nothing without -Force, and writes nothing with -WhatIf' {
        $there = New-Item (Join-Path $TestDrive there.pcap) -Value mine
        { Repair-PcapChecksum $fault $there -ErrorAction Stop } | Should -Throw -ErrorId 'CaptureExists,*'
        Repair-PcapChecksum $fault (Join-Path $TestDrive new.pcap) -WhatIf
        Join-Path $TestDrive new.pcap | Should -Not -Exist
        Get-Content $there | Should -Be mine
    }

    It 'completes -Layer' {
        (TabExpansion2 'Repair-PcapChecksum -Layer ').CompletionMatches.CompletionText | Should -Be All, Inner, Outer
    }

    It 'shows a table' {
        Repair-PcapChecksum $fault (Join-Path $TestDrive table.pcap) | Out-String | Should -Match 'Packets\s+Repaired\s+Checksums\s+Unverified\s+Path'
    }
}
