BeforeAll {
    . $PSScriptRoot/common.ps1
    $fault = Get-Capture udpcsum-on-random.pcap
    $results = Test-VxlanChecksum $fault
}

Describe 'ConvertTo-ChecksumReport' {
    It 'gives as <Format> what Export-ChecksumReport writes' -ForEach @(
        @{ Format = 'Markdown' }, @{ Format = 'Csv' }
    ) {
        $file = Join-Path $TestDrive "a.$Format"
        $results | Export-ChecksumReport $file -Format $Format
        $report = $results | ConvertTo-ChecksumReport $Format
        $report | Should -BeOfType string
        # The time of making is the one thing that differs.
        $report -replace '\d{4}-\d\d-\d\d.\d\d:\d\d(:\d\d)?' | Should -Be ((Get-Content -Raw $file).TrimEnd() -replace '\d{4}-\d\d-\d\d.\d\d:\d\d(:\d\d)?')
    }

    It 'gives <Format> that a program reads' -ForEach @(
        @{ Format = 'JUnit'; Read = { ([xml] $args[0]).testsuites.testsuite.tests } }
        @{ Format = 'Json'; Read = { ($args[0] | ConvertFrom-Json).items.Count } }
    ) {
        & $Read ($results | ConvertTo-ChecksumReport $Format) | Should -Be $results.Count
    }

    It 'is Markdown unless told otherwise, and has the title' {
        $results | ConvertTo-ChecksumReport -Title 'Node 7' | Should -Match '^# Node 7\n'
    }

    It 'gives nothing where nothing can be reported, and the rest where something can' {
        'text' | ConvertTo-ChecksumReport -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        $problems[0].FullyQualifiedErrorId | Should -Be 'ReportInputUnsupported,VxlanCsum.Commands.ConvertToChecksumReportCommand'
        'text', $results[0] | ConvertTo-ChecksumReport -ErrorAction SilentlyContinue | Should -Match 'NatLocalChecksum'
    }

    It 'says that nothing was given' {
        @() | ConvertTo-ChecksumReport -WarningVariable told 3> $null | Should -Match '^# '
        $told | Should -Be 'Nothing was given: the report says so.'
    }
}
