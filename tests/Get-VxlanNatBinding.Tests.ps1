BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Get-VxlanNatBinding from text' {
    It 'shows the flows that are rewritten, with both ports' {
        Get-VxlanNatBinding -Path (Get-Data conntrack table.txt) | Get-Shown | Should -Be @'
OldAddress  OldPort NewAddress  NewPort DestinationAddress Packets Since
----------  ------- ----------  ------- ------------------ ------- -----
10.0.10.14  56471   10.0.10.14  16932   10.0.10.10         1
fd00:10::14 57651   fd00:10::14 42813   fd00:10::10        1
fd00:10::14 56025   fd00:10::14 52777   fd00:10::10        1
10.0.10.14  36603   10.0.10.14  44869   10.0.10.10         1
'@
    }

    It 'reads <_>' -ForEach 'table.txt', 'table-extended.txt', 'proc.txt' {
        $file = Get-Data conntrack $_
        (Get-VxlanNatBinding -Path $file -All).Count | Should -Be 8
        (Get-Content $file | Get-VxlanNatBinding -Family IPv6).OldPort | Sort-Object | Should -Be 56025, 57651
        (Get-Item $file | Get-VxlanNatBinding).Path | Sort-Object -Unique | Should -Be $file
        (Get-Content $file -Raw | Get-VxlanNatBinding -TunnelPort 4789) | Should -BeNullOrEmpty
    }

    It 'reads events as they come' {
        Get-Content (Get-Data conntrack events.txt) | Get-VxlanNatBinding | Group-Object Event | ForEach-Object { "$($_.Name) $($_.Count)" } | Should -Be 'DESTROY 4', 'NEW 4'
    }

    It 'pipes into Resolve-NatChecksum' {
        $resolved = Get-VxlanNatBinding -Path (Get-Data conntrack table.txt) -Family IPv4 | Resolve-NatChecksum -Checksum 0x4e7f -State Partial
        $resolved.Cause | Should -Be 'NatLocalChecksum', 'NatLocalChecksum'
        $resolved[0].Right | Should -Be 0xe8f2
    }

    It 'comes whole and looks the same from another process' {
        $binding = Get-VxlanNatBinding -Path (Get-Data conntrack table-extended.txt) | Select-Object -First 1
        $copy = $binding | Copy-Remotely
        $copy.OldPort | Should -Be $binding.OldPort
        $copy | Get-Shown | Should -Be ($binding | Get-Shown)
    }

    It 'says once that a text is another, and reads on' {
        Get-VxlanNatBinding -Path (Get-Data rules g1.iptables-nft-save.txt), (Get-Data conntrack table.txt) -ErrorAction SilentlyContinue -ErrorVariable problems | Should -HaveCount 4
        $problems.FullyQualifiedErrorId | Should -Be 'ConntrackTextUnreadable,VxlanCsum.Commands.GetVxlanNatBindingCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -BeLike '*conntrack -L*'
    }

    It 'names the line of a flow that is masked' {
        $text = (Get-Content (Get-Data conntrack table.txt)) -replace '10\.0\.10\.14', 'x.x.x.x'
        $text | Get-VxlanNatBinding -ErrorAction SilentlyContinue -ErrorVariable problems | Should -HaveCount 2
        $problems.FullyQualifiedErrorId | Should -Be 'ConntrackLineUnreadable,VxlanCsum.Commands.GetVxlanNatBindingCommand'
        "$($problems[0])" | Should -BeLike 'text: line 1: 4 flows*'
    }
}

Describe 'Get-VxlanNatBinding live (Linux, root, iptables)' -Skip:(-not $LiveRules) {
    BeforeAll {
        $lab = New-Lab
        ip netns exec $lab iptables-legacy -t nat -A POSTROUTING -p udp --dport 4789 -j MASQUERADE --random-fully
        ip -n $lab neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev eth0
        ip netns exec $lab bash -c 'echo hi > /dev/udp/10.9.0.2/4789; echo hi > /dev/udp/10.9.0.2/53'
    }
    AfterAll { Remove-Lab $lab }

    It 'finds what the rule rewrites' {
        $binding = Get-VxlanNatBinding -NetworkNamespace $lab
        $binding | Should -HaveCount 1
        $binding.OldAddress | Should -Be '10.9.0.1'
        $binding.DestinationPort | Should -Be 4789
        $binding.NewPort | Should -Not -Be $binding.OldPort
        $binding.Translation | Should -Be 'SourcePort'
        $binding.Outgoing | Should -BeTrue
        $binding.NetworkNamespace | Should -Be $lab
    }
}
