BeforeDiscovery {
    . $PSScriptRoot/common.ps1
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $capture = Get-Capture udpcsum-on-random.pcap
}

Describe 'Export-ChecksumReport' {
    It 'writes what another process found as if it had been found here' {
        $here = Join-Path $TestDrive here.json
        $there = Join-Path $TestDrive there.json
        $rules = Join-Path $PSScriptRoot data rules g1.iptables-legacy-save.txt
        & { Test-VxlanChecksum $capture; Trace-KubePostrouting -Path $rules } | Export-ChecksumReport $here
        $job = Start-Job {
            Import-Module $using:Manifest
            Test-VxlanChecksum $using:capture
            Trace-KubePostrouting -Path $using:rules
        }
        $job | Receive-Job -Wait -AutoRemoveJob | Export-ChecksumReport $there
        $mine = Get-Content $here -Raw | ConvertFrom-Json
        $theirs = Get-Content $there -Raw | ConvertFrom-Json
        $theirs.items.Count | Should -Be 3
        $theirs.items | ForEach-Object node | Should -Be 'localhost', 'localhost', 'localhost'
        $theirs.items | ForEach-Object { $_.PSObject.Properties.Remove('node') }
        ConvertTo-Json $theirs.items -Depth 9 | Should -Be (ConvertTo-Json $mine.items -Depth 9)
    }

    It 'writes what Import-Clixml reads, in several formats at once' {
        $saved = Join-Path $TestDrive saved.clixml
        Test-VxlanChecksum $capture | Export-Clixml $saved
        $files = Import-Clixml $saved | Export-ChecksumReport (Join-Path $TestDrive r.html), (Join-Path $TestDrive r.csv) -PassThru
        $files.Name | Should -Be 'r.html', 'r.csv'
        (Import-Csv $files[1]).Level | Should -Be 'Fault', 'Healthy'
        $files[0] | Should -FileContentMatch 'Fault found'
    }

    It 'completes its formats' {
        (TabExpansion2 'Export-ChecksumReport x -Format ').CompletionMatches.CompletionText | Should -Be 'Csv', 'Html', 'Json', 'JUnit', 'Markdown', 'Prometheus'
    }
}
