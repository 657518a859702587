BeforeAll {
    . $PSScriptRoot/common.ps1
    $fault = Get-Capture udpcsum-on-random.pcap
}

Describe 'Test-VxlanChecksum' {
    It 'names the cause in <File>: <Cause>' -ForEach @(
        @{ File = 'udpcsum-on-random.pcap'; Cause = 'NatLocalChecksum'; Bad = 7 }
        @{ File = 'udpcsum-on-addr.pcap'; Cause = 'NatLocalChecksum'; Bad = 7 }
        @{ File = 'kube-old-random.pcap'; Cause = 'NatLocalChecksum'; Bad = 3 }
        @{ File = 'udpcsum-on-none.pcap'; Cause = 'None'; Bad = 0 }
        @{ File = 'kube-fix-mangle-unmark.pcap'; Cause = 'None'; Bad = 0 }
        @{ File = 'sender-udpcsum-uplink.pcap'; Cause = 'LcoPending'; Bad = 0 }
        @{ File = 'sender-udpcsum-vxlan-dev.pcap'; Cause = 'OffloadPending'; Bad = 0 }
    ) {
        $results = Test-VxlanChecksum (Get-Capture $File)
        $results.Cause | Should -Contain $Cause
        ($results | Measure-Object BadPackets -Sum).Sum | Should -Be $Bad
    }

    It 'finds an implied port for each bad packet' {
        $broken = Test-VxlanChecksum $fault | Where-Object Cause -EQ NatLocalChecksum
        $broken.ImpliedOriginalPort | Should -HaveCount 7
        $broken.ImpliedOriginalPort | ForEach-Object { $_ | Should -BeGreaterOrEqual 32768; $_ | Should -BeLessOrEqual 60999 }
    }

    It 'finds the address before NAT' {
        (Test-VxlanChecksum (Get-Capture udpcsum-on-addr.pcap)).ImpliedOriginalAddress | Should -Contain '10.0.10.14'
    }

    It 'takes packets, paths and files from the pipeline' {
        (Read-PcapChecksum $fault | Test-VxlanChecksum).Cause | Should -Contain 'NatLocalChecksum'
        ($fault | Test-VxlanChecksum).Cause | Should -Contain 'NatLocalChecksum'
        (Get-Item $fault | Test-VxlanChecksum).Cause | Should -Contain 'NatLocalChecksum'
    }

    It 'answers a gate with one bool' {
        Test-VxlanChecksum $fault -Quiet | Should -BeFalse
        Test-VxlanChecksum (Get-Capture udpcsum-on-none.pcap) -Quiet | Should -BeTrue
        Test-VxlanChecksum (Get-Capture sender-udpcsum-uplink.pcap) -Quiet | Should -BeTrue
    }

    It 'reads no capture after the first with a fault, when only asked whether all is well' {
        Test-VxlanChecksum $fault, (Join-Path $TestDrive nosuch.pcap) -Quiet -ErrorAction Stop | Should -BeFalse
        { Test-VxlanChecksum (Get-Capture udpcsum-on-none.pcap), (Join-Path $TestDrive nosuch.pcap) -Quiet -ErrorAction Stop } | Should -Throw
    }

    It 'says what to do, and that a new kernel does not help' {
        $broken = Test-VxlanChecksum $fault | Where-Object Cause -EQ NatLocalChecksum
        $broken.Recommendation | Should -Match 'NoTrackTunnel'
        $broken.Recommendation | Should -Match "kernel upgrade doesn't cure"
    }

    It 'shows a table that names the cause and the direction' {
        Test-VxlanChecksum $fault | Out-String -Width 120 | Should -Match 'NatLocalChecksum +99\.27 % +7/14 10\.0\.10\.14 -> 10\.0\.10\.10'
    }

    It 'reads what a summary was made of' {
        $faulty = Measure-PcapChecksum $fault, (Get-Capture udpcsum-on-none.pcap) | Where-Object Bad | Test-VxlanChecksum
        $faulty.Cause | Should -Contain 'NatLocalChecksum'
        $faulty | ForEach-Object { $_.Path | Should -Be ([string](Resolve-Path -LiteralPath $fault).ProviderPath) }
    }

    It 'reads what an object of one''s own names' {
        ([pscustomobject]@{ Path = $fault } | Test-VxlanChecksum).Cause | Should -Contain 'NatLocalChecksum'
    }

    It 'does not read a capture anew for its own results' {
        Test-VxlanChecksum $fault | Test-VxlanChecksum -ErrorAction SilentlyContinue -ErrorVariable refused | Should -BeNullOrEmpty
        $refused | Should -Not -BeNullOrEmpty
    }
}
