BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll {
    . $PSScriptRoot/common.ps1
    $text = Get-Data ethtool vxlan.txt
}

Describe 'Get-OffloadFeature' {
    It 'reads <_>, the same features from each form' -ForEach 'veth', 'vxlan', 'bridge', 'lo' {
        $fromText = Get-OffloadFeature -Path (Get-Data ethtool "$_.txt")
        $fromJson = Get-OffloadFeature -Path (Get-Data ethtool "$_.json")
        $fromText.Count | Should -BeGreaterThan 50
        $fromJson.Name | Sort-Object | Should -Be ($fromText.Name | Sort-Object)
        ($fromJson | Where-Object Active).Name | Sort-Object | Should -Be (($fromText | Where-Object Active).Name | Sort-Object)
    }

    It 'shows a table an interface' {
        Get-OffloadFeature -Path $text -Name tx | Get-Shown | Should -Be @'
   Interface: vx0

Name                            State              Flag
----                            -----              ----
tx-checksum-ipv4                off [fixed]        NETIF_F_IP_CSUM
tx-checksum-ip-generic          on                 NETIF_F_HW_CSUM
tx-checksum-ipv6                off [fixed]        NETIF_F_IPV6_CSUM
tx-checksum-fcoe-crc            off [fixed]        NETIF_F_FCOE_CRC
tx-checksum-sctp                off [fixed]        NETIF_F_SCTP_CRC
'@
    }

    It 'selects by <Name>' -ForEach @(
        @{ Name = 'tx-checksum-ip-generic'; Expected = 'tx-checksum-ip-generic' }
        @{ Name = 'tx-checksum-ipv?'; Expected = 'tx-checksum-ipv4', 'tx-checksum-ipv6' }
        @{ Name = 'RX'; Expected = 'rx-checksum' }
        @{ Name = 'rx-checksumming', 'rx'; Expected = 'rx-checksum' }
    ) {
        (Get-OffloadFeature -Path $text -Name $Name).Name | Should -Be $Expected
    }

    It 'takes text by value, files by property name, and either by parameter' {
        $names = (Get-OffloadFeature -Path $text).Name
        (Get-Content $text | Get-OffloadFeature).Name | Should -Be $names
        (Get-Content $text -Raw | Get-OffloadFeature).Name | Should -Be $names
        (Get-Item $text | Get-OffloadFeature).Name | Should -Be $names
        (Get-OffloadFeature -LiteralPath $text).Name | Should -Be $names
        (Get-OffloadFeature -InputObject (Get-Content $text -Raw)).Name | Should -Be $names
        (Get-OffloadFeature -Path (Get-Data ethtool 'vxlan-*.txt'), $text -Name tx-checksum-ip-generic).Active | Should -Be $false, $false, $true
    }

    It 'gives the groups on demand, and only checksums on demand' {
        $rows = Get-OffloadFeature -Path $text -Checksum -IncludeGroup
        $rows[1].Name | Should -Be 'tx-checksumming'
        $rows[1].IsGroup | Should -BeTrue
        $rows | Where-Object { -not $_.IsGroup -and -not $_.IsChecksum } | Should -BeNullOrEmpty
    }

    It 'says <ErrorId> with what to do, and goes on' -ForEach @(
        @{ ErrorId = 'OffloadTextMalformed'; Script = { 'Features for x:', 'garbage', 'rx-checksumming: on' | Get-OffloadFeature @args } }
        @{ ErrorId = 'OffloadFeatureNotFound'; Script = { Get-OffloadFeature -Path $text -Name nosuch, rx @args } }
        @{ ErrorId = 'TextFileUnreadable'; Script = { Get-OffloadFeature -LiteralPath '/no/such', $text -Name rx @args } }
        @{ ErrorId = 'InterfaceNotFound'; Script = { Get-OffloadFeature nosuch, lo -Name rx @args } }
        @{ ErrorId = 'NetworkNamespaceNotFound'; Script = { [pscustomobject]@{ Interface = 'lo'; NetworkNamespace = 'none' }, [pscustomobject]@{ Interface = 'lo' } | Get-OffloadFeature -Name rx @args } }
    ) {
        $problems = @()
        . $Script -ErrorAction SilentlyContinue -ErrorVariable +problems | Should -HaveCount 1
        $problems | Should -HaveCount 1
        $problems[0].FullyQualifiedErrorId | Should -Be "$ErrorId,VxlanCsum.Commands.GetOffloadFeatureCommand"
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        { & $Script -ErrorAction Stop } | Should -Throw -ErrorId "$ErrorId,*"
    }

    It 'refuses an empty namespace rather than taking the own' {
        { Get-OffloadFeature lo -NetworkNamespace '' } | Should -Throw -ErrorId 'NetworkNamespaceInvalid,*'
    }

    It 'completes names with what they mean' {
        $offered = Get-Completion 'Get-OffloadFeature -Name tx-checksum-i'
        $offered.CompletionText | Should -Be 'tx-checksum-ipv4', 'tx-checksum-ip-generic', 'tx-checksum-ipv6'
        $offered[1].ToolTip | Should -Match 'NETIF_F_HW_CSUM'
    }

    It 'comes whole and looks the same from another process' {
        $features = Get-OffloadFeature -Path $text -Name tx
        $copies = $features | Copy-Remotely
        $copies.Active | Should -Be $features.Active
        $copies | Get-Shown | Should -Be ($features | Get-Shown)
    }
}

Describe 'Get-OffloadFeature live (Linux, root, ip)' -Skip:(-not $Live) {
    BeforeAll { $lab = New-Lab }
    AfterAll { Remove-Lab $lab }

    It 'gives what ethtool gives, in the namespace named' -Skip:(-not (Get-Command ethtool -CommandType Application -ErrorAction Ignore)) {
        $live = Get-OffloadFeature vx0 -NetworkNamespace $lab
        $live.NetworkNamespace | Sort-Object -Unique | Should -Be $lab
        $ethtool = ip netns exec $lab ethtool -k vx0 | Get-OffloadFeature
        $known = $live | Where-Object Name -In $ethtool.Name
        ($known | Where-Object Active).Name | Sort-Object | Should -Be (($ethtool | Where-Object Active).Name | Sort-Object)
        ($known | Where-Object Fixed).Name | Sort-Object | Should -Be (($ethtool | Where-Object Fixed).Name | Sort-Object)
    }

    It 'takes interfaces by wildcard, and tunnels from the pipeline' {
        (Get-OffloadFeature eth* -NetworkNamespace $lab -Name rx).Interface | Sort-Object | Should -Be 'eth0', 'eth1'
        (Get-OffloadFeature nosuch* -NetworkNamespace $lab) | Should -BeNullOrEmpty
        (Get-VxlanInterface -NetworkNamespace $lab | Get-OffloadFeature -Name rx).Interface | Should -Be 'vx0'
    }

    It 'completes interfaces of the namespace named' {
        $offered = Get-Completion "Get-OffloadFeature -NetworkNamespace $lab -Interface vx"
        $offered.CompletionText | Should -Be 'vx0'
        $offered.ToolTip | Should -Be 'vxlan, VNI 42, up, MTU 1450'
        (Get-Completion 'Get-OffloadFeature -NetworkNamespace vxpester').CompletionText | Should -Contain $lab
    }
}
