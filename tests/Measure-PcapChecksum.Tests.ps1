BeforeAll {
    . $PSScriptRoot/common.ps1
    $fault = Get-Capture udpcsum-on-random.pcap
}

Describe 'Measure-PcapChecksum' {
    It 'counts what Read-PcapChecksum delivers in <_>' -ForEach 'udpcsum-on-random.pcap', 'sender-udpcsum-uplink.pcap', 'two-interfaces.pcapng', 'commented.pcapng.gz' {
        $summary = Measure-PcapChecksum (Get-Capture $_)
        $packets = Read-PcapChecksum (Get-Capture $_)
        $summary.Packets | Should -Be $packets.Count
        $summary.Complete | Should -BeTrue
        foreach ($group in $packets | Group-Object Status) {
            $summary.($group.Name) | Should -Be $group.Count
        }
    }

    It 'names who sends the faults' {
        (Measure-PcapChecksum $fault).FaultyTalkers.Source | Should -Be '10.0.10.14'
    }

    It 'takes captures from the pipeline and sums up' {
        (Get-ChildItem $Captures -Filter *.pcap | Measure-PcapChecksum | Measure-Object Bad -Sum).Sum | Should -BeGreaterThan 16
    }
}
