BeforeAll {
    . $PSScriptRoot/common.ps1
    $fault = Get-Capture udpcsum-on-random.pcap
    $results = Test-VxlanChecksum $fault
    function Get-Report([string] $Name) { Join-Path $TestDrive $Name }
}

Describe 'Export-ChecksumReport' {
    It 'writes <Extension>' -ForEach @(
        @{ Extension = 'html'; Expected = '<html' }
        @{ Extension = 'md'; Expected = 'NatLocalChecksum' }
        @{ Extension = 'json'; Expected = '"NatLocalChecksum"' }
        @{ Extension = 'csv'; Expected = 'NatLocalChecksum' }
        @{ Extension = 'xml'; Expected = '<testsuite' }
        @{ Extension = 'prom'; Expected = '# TYPE ' }
    ) {
        $results | Export-ChecksumReport (Get-Report "a.$Extension") | Should -BeNullOrEmpty
        Get-Content -Raw (Get-Report "a.$Extension") | Should -Match $Expected
    }

    It 'writes JSON that keeps to its schema' {
        $results, (Measure-PcapChecksum $fault) | ForEach-Object { $_ } | Export-ChecksumReport (Get-Report schema.json)
        Test-Json -Path (Get-Report schema.json) -SchemaFile (Join-Path (Split-Path $Manifest) schemas checksum-report.schema.json) | Should -BeTrue
    }

    It 'says the same of what came from another process' {
        $results | Copy-Remotely | Export-ChecksumReport (Get-Report remote.csv)
        $results | Export-ChecksumReport (Get-Report here.csv)
        Get-Content -Raw (Get-Report remote.csv) | Should -Be (Get-Content -Raw (Get-Report here.csv))
    }

    It 'replaces nothing without -Force, and writes nothing with -WhatIf' {
        $there = New-Item (Get-Report there.md) -Value mine
        { $results | Export-ChecksumReport $there -ErrorAction Stop } | Should -Throw
        Get-Content $there | Should -Be mine
        $results | Export-ChecksumReport (Get-Report new.md) -WhatIf
        Get-Report new.md | Should -Not -Exist
        ($results | Export-ChecksumReport $there -Force -PassThru).FullName | Should -Be $there.FullName
        Get-Content -Raw $there | Should -Match 'NatLocalChecksum'
    }

    It 'writes several at once, as -Format says where a name does not' {
        ($results | Export-ChecksumReport (Get-Report b.md), (Get-Report b.json) -PassThru).Name | Should -Be 'b.md', 'b.json'
        $results | Export-ChecksumReport -LiteralPath (Get-Report 'c[1].txt') -Format Markdown
        Get-Content -Raw -LiteralPath (Get-Report 'c[1].txt') | Should -Match 'NatLocalChecksum'
    }

    It 'says that an extension names no format, before it writes anything' {
        { $results | Export-ChecksumReport (Get-Report d.md), (Get-Report d.nosuch) } | Should -Throw -ErrorId 'ReportFormatUnknown,VxlanCsum.Commands.ExportChecksumReportCommand'
        Get-Report d.md | Should -Not -Exist
    }

    It 'leaves what is there alone when nothing of its input can be reported' {
        $there = New-Item (Get-Report good.md) -Value mine
        1, 'text' | Export-ChecksumReport $there -Force -PassThru -ErrorAction SilentlyContinue -WarningVariable told 3> $null | Should -BeNullOrEmpty
        $told | Should -Match '^No report was written'
        Get-Content $there | Should -Be mine
    }

    It 'takes no - for a file' {
        { $results | Export-ChecksumReport - } | Should -Throw -ErrorId 'ReportPathInvalid,VxlanCsum.Commands.ExportChecksumReportCommand'
        '-' | Should -Not -Exist
    }

    It 'says of which object it knows nothing, and goes on' {
        'text', $results[0] | Export-ChecksumReport (Get-Report e.md) -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -Be 'ReportInputUnsupported,VxlanCsum.Commands.ExportChecksumReportCommand'
        Get-Content -Raw (Get-Report e.md) | Should -Match 'NatLocalChecksum'
    }

    It 'writes what another process found as if it had been found here' {
        $here = Join-Path $TestDrive here.json
        $there = Join-Path $TestDrive there.json
        $rules = Join-Path $PSScriptRoot data rules g1.iptables-legacy-save.txt
        & { Test-VxlanChecksum $fault; Trace-KubePostrouting -Path $rules } | Export-ChecksumReport $here
        $job = Start-Job {
            Import-Module $using:Manifest
            Test-VxlanChecksum $using:fault
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
        Test-VxlanChecksum $fault | Export-Clixml $saved
        $files = Import-Clixml $saved | Export-ChecksumReport (Join-Path $TestDrive r.html), (Join-Path $TestDrive r.csv) -PassThru
        $files.Name | Should -Be 'r.html', 'r.csv'
        (Import-Csv $files[1]).Level | Should -Be 'Fault', 'Healthy'
        $files[0] | Should -FileContentMatch 'Fault found'
    }

    It 'completes its formats' {
        (TabExpansion2 'Export-ChecksumReport x -Format ').CompletionMatches.CompletionText | Should -Be 'Csv', 'Html', 'Json', 'JUnit', 'Markdown', 'Prometheus'
    }
}
