BeforeAll {
    . $PSScriptRoot/common.ps1
    $fault = Get-Capture udpcsum-on-random.pcap
}

Describe 'Read-PcapChecksum' {
    It 'gives a packet a frame' {
        (Read-PcapChecksum $fault).FrameNumber | Should -Be (1..21)
    }

    It 'names found, expected and cause of <Frame>' -ForEach @(
        @{ Frame = 12; Found = 0xf539; Expected = 0x6606 }
        @{ Frame = 16; Found = 0x19e4; Expected = 0x9f32 }
    ) {
        $packet = Read-PcapChecksum $fault | Where-Object FrameNumber -EQ $Frame
        $packet.Status | Should -Be Bad
        $packet.Cause | Should -Be NatLocalChecksum
        $packet.WorstLayer.Found | Should -Be $Found
        $packet.WorstLayer.Expected | Should -Be $Expected
    }

    It 'takes files from Get-ChildItem, strings and wildcards' {
        (Get-Item $fault | Read-PcapChecksum).Count | Should -Be 21
        ($fault, $fault | Read-PcapChecksum).Count | Should -Be 42
        (Read-PcapChecksum (Get-Capture 'udpcsum-on-*.pcap') | Group-Object Path).Count | Should -Be 3
    }

    It 'never calls a sender with offloads bad' {
        Read-PcapChecksum (Get-Capture 'sender-*.pcap') | Select-Object -ExpandProperty Status -Unique | Should -Be Partial
    }

    It 'stops when Select-Object has enough' {
        Read-PcapChecksum $fault, $fault | Select-Object -First 1 | Should -HaveCount 1
    }

    It 'filters by <Parameters.Keys>' -ForEach @(
        @{ Parameters = @{ Status = 'Bad' }; Count = 7 }
        @{ Parameters = @{ Protocol = 'Tcp' }; Count = 3 }
        @{ Parameters = @{ Vni = 1 }; Count = 0 }
        @{ Parameters = @{ Skip = 20 }; Count = 1 }
        @{ Parameters = @{ Filter = 'src host 10.0.10.10' }; Count = 7 }
    ) {
        @(Read-PcapChecksum $fault @Parameters).Count | Should -Be $Count
    }

    It 'reads the next capture after a bad one, with a stable error id' {
        $packets = Read-PcapChecksum -LiteralPath '/no/such.pcap', $Manifest, $fault -ErrorAction SilentlyContinue -ErrorVariable problems
        $packets.Count | Should -Be 21
        $problems.FullyQualifiedErrorId | Should -Be 'CaptureNotFound,VxlanCsum.Commands.ReadPcapChecksumCommand', 'CaptureWrongMagic,VxlanCsum.Commands.ReadPcapChecksumCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'ends at the first bad capture with -ErrorAction Stop' {
        { Read-PcapChecksum -LiteralPath '/no/such.pcap', $fault -ErrorAction Stop } | Should -Throw -ErrorId 'CaptureNotFound,*'
    }

    It 'shows a packet in one line that says what is wrong' {
        $text = Read-PcapChecksum $fault -Status Bad -First 1 | Out-String -Width 140
        $text | Should -Match '12 21:30:03\.045 .*Bad.*Udp 0xf539 -> 0x6606 NatLocalChecksum 10\.0\.10\.14:22208 -> 10\.0\.10\.10:4789'
    }

    It 'converts to JSON with its layers' {
        $packet = Read-PcapChecksum $fault -Status Bad -First 1 | ConvertTo-Json -Depth 4 | ConvertFrom-Json
        $packet.Layers.Count | Should -Be 4
        $packet.Layers[1].Found | Should -Be 0xf539
    }
}
