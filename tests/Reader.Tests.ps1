# What a reader's machine does, be it Windows, macOS or Linux: files and texts alone. ci.yml runs this file on all three.
BeforeAll {
    . $PSScriptRoot/common.ps1
    $fault = Get-Capture udpcsum-on-random.pcap
}

Describe 'A reader of captures and tickets' {
    It 'reads, measures, tests and repairs a capture' {
        (Read-PcapChecksum $fault -Status Bad).Count | Should -Be 7
        (Measure-PcapChecksum $fault).Bad | Should -Be 7
        (Test-VxlanChecksum $fault | Where-Object IsFault).Cause | Should -Be NatLocalChecksum
        $mended = Join-Path $TestDrive 'mended 1.pcap'
        Repair-PcapChecksum $fault -Destination $mended
        Repair-PcapChecksum $fault -Destination $mended -Force
        (Measure-PcapChecksum $mended).Bad | Should -Be 0
        Get-ChildItem $TestDrive -Force | ForEach-Object Name | Should -Be 'mended 1.pcap'
    }

    It 'reads pasted text' {
        (ConvertFrom-TcpdumpText -Path (Get-Data tcpdump udpcsum-on-random.vv.txt) | Test-VxlanChecksum | Where-Object IsFault).Cause |
            Should -Be NatLocalChecksum
    }

    It 'judges a ticket and what was saved on a node' {
        (Get-ChecksumDiagnosis -Path (Get-Data tickets 02-issue.md)).Verdict | Should -Be AtRisk
        Get-Content (Get-Data tickets 02-issue.md) -Raw | Get-ChecksumDiagnosis | ForEach-Object Verdict | Should -Be AtRisk
        Get-ChecksumDiagnosis -FromPath (Get-Data diagnoses fault) | ForEach-Object Verdict | Should -Be FaultActive
    }

    It 'judges rules and nodes as they were printed' {
        (Trace-KubePostrouting -Path (Get-Data rules g1.iptables-legacy-save.txt)).Verdict | Should -Be DoubleSnatWithRandomPort
        (Get-KubeNodeRisk -Path (Get-Data clusters upgrading.json) | Where-Object Name -EQ worker-1).Risk | Should -Be Likely
    }

    It 'writes every report' {
        $formats = 'html', 'md', 'json', 'csv', 'xml', 'prom'
        $files = $formats | ForEach-Object { Join-Path $TestDrive "report.$_" }
        Get-ChecksumDiagnosis -FromPath (Get-Data diagnoses fault) | Export-ChecksumReport $files
        Get-ChecksumDiagnosis -FromPath (Get-Data diagnoses fault) | Export-ChecksumReport $files -Force
        Get-Item $files | ForEach-Object { $_.Length | Should -BeGreaterThan 100 }
        { Test-VxlanChecksum $fault | Export-ChecksumReport $files[0] -ErrorAction Stop } | Should -Throw -ErrorId 'ReportExists*'
    }

    It 'says in one error what needs Linux' -Skip:$IsLinux {
        foreach ($script in { Get-ChecksumDiagnosis }, { Test-VxlanChecksum -Interface eth0 }, { Trace-KubePostrouting }) {
            $errors = @(& $script 2>&1)
            $errors.Count | Should -Be 1
            $errors[0].FullyQualifiedErrorId | Should -BeLike 'NotLinux,*'
        }
    }
}
