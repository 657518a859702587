BeforeAll {
    . $PSScriptRoot/common.ps1
    function Get-Text([string] $Name) { Join-Path $PSScriptRoot 'data' 'tcpdump' $Name }
    # Two look-ups as a user pasted them: tcpdump calls both bad, and both are seeds.
    $pasted = @(
        '# tcpdump -vv -i vxlan.calico port 53'
        '17:44:04.516502 IP (tos 0x0, ttl 63, id 57450, offset 0, flags [none], proto UDP (17), length 82)'
        '    node2.test.28565 > 100.78.115.61.domain: [bad udp cksum 0xc067 -> 0xf612!] 6039+ A? kubernetes.default.svc.cluster.local. (54)'
        '17:46:04.529606 IP (tos 0x0, ttl 63, id 26799, offset 0, flags [DF], proto TCP (6), length 60)'
        '    node2.test.40627 > 100.95.31.182.domain: Flags [S], cksum 0x6cd0 (incorrect -> 0xbd48), seq 1268752456, win 65495, options [mss 65495,sackOK,TS val 4278819391 ecr 0,nop,wscale 7], length 0'
    )
}

Describe 'ConvertFrom-TcpdumpText' {
    It 'finds seeds where tcpdump says bad, by the agreement of two packets' {
        $packets = $pasted | ConvertFrom-TcpdumpText
        $packets.Status | Should -Be 'Partial', 'Partial'
        $packets.Cause | Should -Be 'OffloadPending', 'OffloadPending'
        $packets[0].WorstLayer.Found | Should -Be 0xc067
        $packets[0].Destination | Should -Be '100.78.115.61:53'
    }

    It 'judges nothing by one packet of a host it knows by name only' {
        $packet = $pasted[1..2] | ConvertFrom-TcpdumpText
        $packet.Cause | Should -Be 'NotVerifiable'
    }

    It 'pipes into Test-VxlanChecksum' {
        ($pasted | ConvertFrom-TcpdumpText | Test-VxlanChecksum).Cause | Should -Be OffloadPending
        $pasted | ConvertFrom-TcpdumpText | Test-VxlanChecksum -Quiet | Should -BeTrue
    }

    It 'warns of lines it cannot read, with their numbers' {
        'no packet at all', $pasted[1], $pasted[2] | ConvertFrom-TcpdumpText -WarningVariable warnings -WarningAction SilentlyContinue | Should -HaveCount 1
        $warnings | Should -HaveCount 2
        $warnings[0] | Should -Match 'line 1:'
        $warnings[1] | Should -Match 'tcpdump ran without -n'
    }

    It 'says what is missing where nothing can be judged: <Told>' -ForEach @(
        @{ Told = 'tcpdump ran without -v'; Text = '10:00:00.000000 IP 10.0.0.1.5555 > 10.0.0.2.8472: OTV, flags [I] (0x08), overlay 0, instance 1' }
        @{ Told = 'grep took lines away'; Text = '$ tcpdump -ni eth0 | grep 8472', '10:00:00.000000 IP 10.0.0.1.5555 > 10.0.0.2.8472: OTV, flags [I] (0x08), overlay 0, instance 1' }
    ) {
        $Text | ConvertFrom-TcpdumpText -WarningVariable warnings -WarningAction SilentlyContinue | Should -Not -BeNullOrEmpty
        $warnings | Should -HaveCount 1
        $warnings | Should -Match "no packet can be judged. Missing: .*$Told.*\. This prints it: tcpdump -ni \S+ -vv -s 0"
    }

    It 'says nothing of that where something can be judged' {
        $pasted | ConvertFrom-TcpdumpText -WarningVariable warnings -WarningAction SilentlyContinue | Out-Null
        $warnings | Should -BeNullOrEmpty
    }

    It 'proves a published fault: defect B of calico#4865' {
        $text = '10:00:00.000000 IP (tos 0x0, ttl 64, id 1, offset 0, flags [none], proto UDP (17), length 110)',
            '    10.0.10.14.7103 > 10.0.10.10.4789: [bad udp cksum 0xbd67 -> 0x4e7f!] VXLAN, flags [I] (0x08), vni 4096',
            'IP (tos 0x0, ttl 64, id 2, offset 0, flags [DF], proto TCP (6), length 60)',
            '    10.244.1.1.50398 > 10.244.2.1.8080: Flags [S], cksum 0x1b05 (correct), seq 1, win 64240, length 0'
        $packet = $text | ConvertFrom-TcpdumpText
        $packet.Cause | Should -Be NatLocalChecksum
        $packet.TunnelType | Should -Be Vxlan
        $packet.WorstLayer.Reason | Should -Match '44246'
    }

    It 'proves one packet of a named host by the source address' {
        ($pasted[3..4] | ConvertFrom-TcpdumpText -SourceAddress 100.95.132.45).Cause | Should -Be 'OffloadPending'
    }

    It 'takes the lines of Get-Content and the files of Get-ChildItem' {
        $file = Get-Text 'udpcsum-on-random.vv.txt'
        (Get-Content $file | ConvertFrom-TcpdumpText | Where-Object Cause -EQ NatLocalChecksum).Count | Should -Be 7
        (Get-Content $file -Raw | ConvertFrom-TcpdumpText | Where-Object Cause -EQ NatLocalChecksum).Count | Should -Be 7
        (Get-ChildItem $file | ConvertFrom-TcpdumpText | Where-Object Cause -EQ NatLocalChecksum).Count | Should -Be 7
    }

    It 'tells the ports before NAT through Test-VxlanChecksum' {
        $results = ConvertFrom-TcpdumpText -Path (Get-Text 'udpcsum-on-random.vv.txt') | Test-VxlanChecksum
        $results[0].Cause | Should -Be 'NatLocalChecksum'
        $results[0].ImpliedOriginalPort.Count | Should -Be 7
    }

    It 'stops when the pipeline wants no more' {
        (ConvertFrom-TcpdumpText -Path (Get-Text 'udpcsum-on-random.vv.txt') | Select-Object -First 1).FrameNumber | Should -Be 1
    }

    It 'shows packets as tables and lists, and its layers can be indexed' {
        $packet = ConvertFrom-TcpdumpText -Path (Get-Text 'udpcsum-on-random.vv.txt') | Where-Object Status -EQ Bad | Select-Object -First 1
        $packet | Out-String | Should -Match '0xf539'
        $packet | Format-List | Out-String | Should -Match 'NatLocalChecksum'
        $packet.Layers[1].Found | Should -Be 0xf539
    }
}
