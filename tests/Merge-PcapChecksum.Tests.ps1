BeforeAll {
    . $PSScriptRoot/common.ps1
    $parts = Measure-PcapChecksum (Get-Capture '*.pcap')
}

Describe 'Merge-PcapChecksum' {
    It 'adds summaries up' {
        $sum = $parts | Merge-PcapChecksum
        $sum.Path | Should -Be "$($parts.Count) captures"
        foreach ($property in 'Packets', 'Bytes', 'Good', 'Bad', 'Partial') {
            $sum.$property | Should -Be ($parts | Measure-Object $property -Sum).Sum
        }
        $sum.FirstTimestamp | Should -Be ($parts.FirstTimestamp | Sort-Object)[0]
        ($sum.Checksums | Measure-Object Count -Sum).Sum | Should -Be ($parts.Checksums | Measure-Object Count -Sum).Sum
    }

    It 'adds up what jobs and files deliver' {
        $expected = $parts | Merge-PcapChecksum | Format-List | Get-Shown
        $parts | Export-Clixml (Join-Path $TestDrive parts.xml)
        Import-Clixml (Join-Path $TestDrive parts.xml) | Merge-PcapChecksum | Format-List | Get-Shown | Should -Be $expected
        $parts | Copy-Remotely | Merge-PcapChecksum | Format-List | Get-Shown | Should -Be $expected
    }

    It 'counts a summary that comes twice once, and says so' {
        ($parts + $parts | Merge-PcapChecksum -WarningVariable warned -WarningAction SilentlyContinue).Packets | Should -Be ($parts | Merge-PcapChecksum).Packets
        $warned | Should -HaveCount $parts.Count
    }

    It 'gives its sum a name, and reports it' {
        $parts | Merge-PcapChecksum 'all nodes' | Export-ChecksumReport (Join-Path $TestDrive sum.md)
        Get-Content -Raw (Join-Path $TestDrive sum.md) | Should -Match 'all nodes'
    }

    It 'says what is no summary' {
        { Get-Process -Id $PID | Merge-PcapChecksum -ErrorAction Stop } | Should -Throw -ErrorId 'SummaryExpected,VxlanCsum.Commands.MergePcapChecksumCommand'
    }
}
