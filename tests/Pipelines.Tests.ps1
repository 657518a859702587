BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll {
    . $PSScriptRoot/common.ps1
    $fault = Get-Capture udpcsum-on-random.pcap
    $healthy = Get-Capture udpcsum-on-none.pcap
}

Describe 'Pipelines' {
    It 'groups results by the capture they are of' {
        $groups = Test-VxlanChecksum $fault, $healthy | Group-Object Path
        $groups.Name | Sort-Object -Descending | Should -Be $fault, $healthy
        $merged = Test-VxlanChecksum $fault, $healthy -Merge
        $merged[0].Path | Should -Be $fault
        $merged[0].Sources | Should -Be $fault, $healthy
    }

    It 'tests what was measured and found bad' {
        Measure-PcapChecksum $fault, $healthy | Where-Object Bad | Test-VxlanChecksum | ForEach-Object Path |
            Select-Object -Unique | Should -Be $fault
    }

    It 'takes a path from any object that has one' {
        ([pscustomobject]@{ Path = $fault } | Measure-PcapChecksum).Bad | Should -BeGreaterThan 0
        (Import-Csv (New-Item (Join-Path $TestDrive list.csv) -Value "Path`n$fault") | Test-VxlanChecksum).Cause | Should -Contain NatLocalChecksum
    }

    It 'hands a repaired capture on' {
        (Repair-PcapChecksum $fault -Destination (Join-Path $TestDrive mended.pcap) | Get-Item).Name | Should -Be mended.pcap
    }

    It 'writes words for kinds and causes in JSON' {
        $json = Test-VxlanChecksum $fault | Where-Object IsFault | ConvertTo-Json -Depth 4 | ConvertFrom-Json
        $json.Cause | Should -Be NatLocalChecksum
        $json.TunnelType | Should -Be Vxlan
        $json.Evidence.Kind | Should -Contain ImpliedPort
        (Read-PcapChecksum $fault | Select-Object -First 1 | ConvertTo-Json | ConvertFrom-Json).Status | Should -BeOfType string
    }

    It 'shows summaries as a table with verdict and bad packets' {
        $shown = Measure-PcapChecksum $fault, $healthy | Format-Table | Out-String -Width 200
        $shown | Should -Match '(?m)^Status +Bad +Unverified +Packets +Path *$'
        $shown | Should -Match '(?m)^Bad +7 +0 +\d+ .*udpcsum-on-random'
    }

    It 'reads paths from where the session is' {
        Push-Location (Split-Path $fault)
        try {
            (Test-VxlanChecksum udpcsum-on-random.pcap).Cause | Should -Contain NatLocalChecksum
            (Measure-PcapChecksum ./udpcsum-on-random.pcap).Bad | Should -BeGreaterThan 0
        }
        finally { Pop-Location }
    }

    It 'tells with -Verbose what was read, and how long it took' {
        $told = Test-VxlanChecksum $fault -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        $told.Message | Should -Match 'udpcsum-on-random\.pcap: done in \d+\.\d\d s$'
    }
}
