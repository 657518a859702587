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

Describe 'Headers of views' {
    It 'are properties to sort, choose and select by, and in no JSON' {
        $packets = Read-PcapChecksum $fault
        ($packets | Sort-Object Frame -Descending)[0].FrameNumber | Should -Be $packets.Count
        ($packets | Where-Object Found | Select-Object -First 1 Frame, Time, Direction).Direction | Should -BeIn $packets.OuterSource
        (Test-VxlanChecksum $fault | Sort-Object Bad -Descending)[0].BadPackets | Should -Be 7
        (Test-VxlanChecksum $fault | Sort-Object Sure)[-1].Confidence | Should -BeGreaterThan 0.9
        ($packets[0] | ConvertTo-Json -Depth 4 | ConvertFrom-Json).psobject.Properties.Name | Should -Not -BeIn Frame, Found, Direction
    }
}

Describe 'Pipelines of files beside names' {
    BeforeAll {
        $link = Join-Path $TestDrive link.txt
        Set-Content $link @(
            '7: flannel.1: <BROADCAST,UP> mtu 1450', '    vxlan id 9 local 192.0.2.7 dev eth0 dstport 8472 nolearning udpcsum')
        $pcap = Copy-Item $fault (Join-Path $TestDrive lo) -PassThru
    }

    It 'reads files of Get-ChildItem, and takes none for a device' {
        $tunnels = Get-ChildItem (Join-Path $TestDrive *.txt) | Get-VxlanInterface
        $tunnels.Vni | Should -Be 9
        $tunnels.Path | Should -Be $link
        (Get-Item $link | Get-VxlanInterface).Name | Should -Be flannel.1
    }

    It 'tests a capture that has the name of a device' {
        (Get-Item $pcap | Test-VxlanChecksum).Path | Select-Object -Unique | Should -Be $pcap.FullName
        (Get-Item $pcap | Measure-PcapChecksum).Bad | Should -Be 7
        ($pcap.FullName | Measure-PcapChecksum).Bad | Should -Be 7
    }

    It 'does not capture on the interface of a packet that was read' {
        Read-PcapChecksum $fault -First 1 | Measure-PcapChecksum -ErrorAction SilentlyContinue -ErrorVariable problems |
            Should -BeNullOrEmpty
        $problems | Should -Not -BeNullOrEmpty
    }

    It 'does not take the tunnel of a text for one of this machine' {
        Get-VxlanInterface -Path $link | Test-VxlanChecksum -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        $problems | Should -Not -BeNullOrEmpty
    }
}

Describe 'Pipelines of tunnels (Linux, root, ip)' -Skip:(-not $Live) {
    BeforeAll {
        $lab = New-Lab
        ip -n $lab addr add 10.77.0.1/24 dev vx0
        ip -n $lab neigh replace 10.77.0.2 lladdr 02:00:00:00:00:02 dev vx0
        # Something to see on the tunnel all the while.
        $traffic = Start-Process ip @('netns', 'exec', $lab, 'bash', '-c', '"while :; do echo x >/dev/udp/10.77.0.2/9; sleep 0.05; done"') -PassThru
    }
    AfterAll {
        Stop-Process -Id $traffic.Id -ErrorAction Ignore
        Remove-Lab $lab
    }

    It 'captures on the tunnels that are piped, in their own namespace' {
        $summary = Get-VxlanInterface -NetworkNamespace $lab | Measure-PcapChecksum -First 2
        $summary.Path | Should -Be vx0
        $summary.Packets | Should -Be 2
        (Get-VxlanInterface -NetworkNamespace $lab | Read-PcapChecksum -First 1).Interface | Should -Be vx0
        Get-VxlanInterface -NetworkNamespace $lab | Test-VxlanChecksum -First 2 | ForEach-Object Path | Select-Object -Unique | Should -Be vx0
        Get-VxlanInterface -NetworkNamespace $lab | Measure-PcapChecksum -Duration 0.3 | ForEach-Object Path | Should -Be vx0
    }
}
