BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Get-ChecksumDiagnosis' {
    It 'refuses <Parameters.Keys> <Parameters.Values>' -ForEach @(
        @{ Parameters = @{ CaptureSeconds = 0 } }
        @{ Parameters = @{ CounterSeconds = -1 } }
        @{ Parameters = @{ Timeout = 0 } }
    ) {
        { Get-ChecksumDiagnosis @Parameters } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'says that there is no such namespace' {
        Get-ChecksumDiagnosis -NetworkNamespace nosuch -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -Be 'NetworkNamespaceNotFound,VxlanCsum.Commands.GetChecksumDiagnosisCommand'
    }
}

Describe 'Get-ChecksumDiagnosis of a ticket' {
    BeforeAll { $tickets = "$PSScriptRoot/data/tickets" }

    It 'takes <Name>' -ForEach @(
        @{ Name = 'lines'; Read = { Get-Content $args[0] | Get-ChecksumDiagnosis } }
        @{ Name = 'a text'; Read = { Get-Content $args[0] -Raw | Get-ChecksumDiagnosis } }
        @{ Name = 'a file'; Read = { Get-Item $args[0] | Get-ChecksumDiagnosis } }
        @{ Name = 'a path'; Read = { Get-ChecksumDiagnosis $args[0] } }
    ) {
        $diagnosis = & $Read "$tickets/02-issue.md"
        $diagnosis.Verdict | Should -Be 'AtRisk'
        $diagnosis.NodeName | Should -Be 'alpha'
        $diagnosis.Pieces.Kind | Should -Contain 'Rules'
        $diagnosis.Missing[0].Command | Should -Match '^tcpdump '
    }

    It 'says why where nothing is known' {
        'It does not work.' | Get-ChecksumDiagnosis -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -Be 'TicketUnread,VxlanCsum.Commands.GetChecksumDiagnosisCommand'
    }
}

Describe 'Get-ChecksumDiagnosis live (Linux, root, ip, iptables)' -Skip:(-not $LiveRules) {
    BeforeAll {
        $faulty = New-Lab
        Import-Rule $faulty g1.iptables-legacy-save.txt
        $healthy = New-Lab
        Import-Rule $healthy g2.iptables-legacy-save.txt
        $diagnosis = Get-ChecksumDiagnosis -NetworkNamespace $faulty -CounterSeconds 0
    }
    AfterAll { $faulty, $healthy | ForEach-Object { Remove-Lab $_ } }

    It 'names verdict, cause and the rule to blame' {
        $diagnosis.Verdict | Should -BeIn 'FaultActive', 'AtRisk'
        $diagnosis.OffendingRule.Chain | Should -Be 'KUBE-POSTROUTING'
        $diagnosis.Mitigations[0].Kind | Should -Be 'UnmarkTunnel'
        $diagnosis.Findings[0].Source | Should -Be 'Rules'
        $diagnosis.NetworkNamespace | Should -Be $faulty
    }

    It 'finds nothing active where the rules are right' {
        (Get-ChecksumDiagnosis -NetworkNamespace $healthy -CounterSeconds 0).Verdict | Should -Not -Be 'FaultActive'
    }

    It 'answers a script with a word' {
        Get-ChecksumDiagnosis -NetworkNamespace $faulty -CounterSeconds 0 -Quiet | Should -Be $diagnosis.Verdict
    }

    It 'takes namespaces by property name' {
        ([pscustomobject]@{ NetworkNamespace = $healthy }, [pscustomobject]@{ NetworkNamespace = $faulty } | Get-ChecksumDiagnosis -CounterSeconds 0).NetworkNamespace | Should -Be $healthy, $faulty
    }

    It 'weighs a capture that it is given' {
        $weighed = Get-ChecksumDiagnosis -NetworkNamespace $faulty -CounterSeconds 0 -Capture (Get-Capture udpcsum-on-random.pcap)
        $weighed.Cause | Should -Be 'NatLocalChecksum'
        $weighed.CaptureResults.Cause | Should -Contain 'NatLocalChecksum'
    }

    It 'shows what a tired operator needs first' {
        $shown = $diagnosis | Get-Shown
        ($shown -split "`n")[0] | Should -Match "^\S+ \(network namespace $faulty\): FaultActive, NatLocalChecksum \("
        $shown | Should -Match '(?m)^  Rule      iptables-\S+ nat KUBE-POSTROUTING 1: MASQUERADE'
        $shown | Should -Match "(?m)^              Get-ChecksumDiagnosis -NetworkNamespace $faulty \| "
    }

    It 'tells everything as a list' {
        $shown = $diagnosis | Format-List | Out-String -Width 200
        $shown | Should -Match "(?m)^Node +: \S+ \(network namespace $faulty\)"
        $shown | Should -Match '(?m)^Recommendation +: UnmarkTunnel cures it here'
        $diagnosis.Findings | Get-Shown | Should -Match '(?m)^Severity +Source +Message$'
    }

    It 'pipes into its cure, and a cured node is told so' {
        $receipt = $diagnosis | Invoke-ChecksumMitigation -NetworkNamespace $faulty -JournalPath (Join-Path $TestDrive journal.jsonl) -Confirm:$false
        $receipt.Kind | Should -Be 'UnmarkTunnel'
        $receipt.Verified | Should -BeTrue
        (Get-ChecksumDiagnosis -NetworkNamespace $faulty -CounterSeconds 0).Verdict | Should -Not -Be 'FaultActive'
        $null = $receipt | Undo-ChecksumMitigation -Confirm:$false
    }

    It 'comes with what it rests on from another process' {
        $copy = $diagnosis | Copy-Remotely
        $copy.Verdict | Should -Be "$($diagnosis.Verdict)"
        $copy.Findings[0].Source | Should -Be 'Rules'
        $copy.Traces[0].Verdict | Should -Be 'DoubleSnatWithRandomPort'
        ($copy | Get-ChecksumMitigation -NetworkNamespace $faulty).Kind | Should -Contain 'UnmarkTunnel'
    }
}
