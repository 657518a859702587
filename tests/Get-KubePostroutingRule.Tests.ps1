BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll {
    . $PSScriptRoot/common.ps1
    $old = Get-Data rules g1.iptables-legacy-save.txt
    $new = Get-Data rules g2.iptables-legacy-save.txt
}

Describe 'Get-KubePostroutingRule' {
    It 'gives the rules in the order in which a packet meets them, and tells how old they are' {
        $rules = Get-KubePostroutingRule -Path $new
        $rules.Chain | Should -Be 'POSTROUTING', 'KUBE-POSTROUTING', 'KUBE-POSTROUTING', 'KUBE-POSTROUTING'
        $rules.Number | Should -Be 1, 1, 2, 3
        $rules[1].Mark.Negated | Should -BeTrue
        $rules[2].MarkOperation | Should -Be 'xor 0x4000'
        $rules[3].RandomFully | Should -BeTrue
        $rules[1..3].Generation | Sort-Object -Unique | Should -Be 'G2'
        (Get-KubePostroutingRule -Path $old -Chain KUBE-POSTROUTING).Generation | Sort-Object -Unique | Should -Be 'G1'
    }

    It 'shows a table an engine, family and table' {
        Get-KubePostroutingRule -Path $new | Get-Shown -Width 160 | Should -Be @'
   Table: IptablesLegacy IPv4 nat

Chain              Number  Packets Mark       Age      Rule
-----              ------  ------- ----       ---      ----
POSTROUTING             1                              -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
KUBE-POSTROUTING        1                     G2       -m mark ! --mark 0x4000/0x4000 -j RETURN
KUBE-POSTROUTING        2          xor 0x4000 G2       -j MARK --set-xmark 0x4000/0x0
KUBE-POSTROUTING        3                     G2       -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
'@
    }

    It 'shows nothing but what a rule is made of' {
        $public = [VxlanCsum.NetfilterRule].GetProperties().Name
        foreach ($file in 'g2.iptables-legacy-save.txt', 'nft-gen2.nft.txt') {
            (Get-KubePostroutingRule -Path (Get-Data rules $file))[0].PSObject.Properties.Name | Sort-Object | Should -Be ($public | Sort-Object)
        }
    }

    It 'reads <_>' -ForEach 'g2.iptables-nft-save.txt', 'g2.iptables-legacy-S.txt', 'nft-gen2.nft.json', 'nft-gen2.nft.txt' {
        $rules = Get-KubePostroutingRule -Path (Get-Data rules $_) -ErrorVariable problems
        $problems | Should -BeNullOrEmpty
        $rules.Count | Should -BeGreaterThan 2
    }

    It 'takes text by value, whole and in lines, and files by property name' {
        $texts = (Get-KubePostroutingRule -Path $new).Text
        (Get-Content $new | Get-KubePostroutingRule).Text | Should -Be $texts
        (Get-Content $new -Raw | Get-KubePostroutingRule).Text | Should -Be $texts
        (Get-Item $new | Get-KubePostroutingRule).Text | Should -Be $texts
        (Get-KubePostroutingRule -LiteralPath $new).Text | Should -Be $texts
    }

    It 'selects chains and tables by wildcard, with case' {
        (Get-KubePostroutingRule 'KUBE-POST*' -Path $new).Chain | Sort-Object -Unique | Should -Be 'KUBE-POSTROUTING'
        Get-KubePostroutingRule 'kube-post*' -Path $new | Should -BeNullOrEmpty
        (Get-KubePostroutingRule -Table na* -Path $new).Table | Sort-Object -Unique | Should -Be 'nat'
        (Get-KubePostroutingRule -All -Path $new).Count | Should -BeGreaterThan (Get-KubePostroutingRule -Path $new).Count
        Get-KubePostroutingRule -Family IPv6 -Path $new | Should -BeNullOrEmpty
    }

    It 'says <ErrorId> with what to do' -ForEach @(
        @{ ErrorId = 'TextFileUnreadable'; Text = $null }
        @{ ErrorId = 'RuleLineUnreadable'; Text = 'no rules at all' }
        @{ ErrorId = 'RulesetIncomplete'; Text = "*nat`n:POSTROUTING ACCEPT [0:0]`n-A POSTROUTING -j ACCEPT" }
        @{ ErrorId = 'RulesetJsonInvalid'; Text = '{ "nftables": [ { "table": ' }
    ) {
        $problems = @()
        if ($Text) {
            $null = $Text | Get-KubePostroutingRule -ErrorAction SilentlyContinue -ErrorVariable +problems
        }
        else {
            $null = Get-KubePostroutingRule -LiteralPath /no/such -ErrorAction SilentlyContinue -ErrorVariable +problems
        }
        $problems.FullyQualifiedErrorId | Should -Contain "$ErrorId,VxlanCsum.Commands.GetKubePostroutingRuleCommand"
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'reads the next file after one that is not there' {
        (Get-KubePostroutingRule -LiteralPath /no/such, $new -ErrorAction SilentlyContinue).Count | Should -Be 4
        { Get-KubePostroutingRule -LiteralPath /no/such, $new -ErrorAction Stop } | Should -Throw -ErrorId 'TextFileUnreadable,*'
    }

    It 'completes tables and chains with what they are for' {
        (Get-Completion 'Get-KubePostroutingRule -Table na').CompletionText | Should -Be 'nat'
        (Get-Completion "Get-KubePostroutingRule -Path $new -Chain KUBE-POST").ToolTip | Should -Be 'iptables-legacy IPv4 nat, 3 rules'
        (Get-Completion 'Get-KubePostroutingRule -Chain KUBE-POST').ToolTip | Should -Match 'masquerades'
    }

    It 'comes whole and looks the same from another process' {
        $rules = Get-KubePostroutingRule -Path $new
        $copies = $rules | Copy-Remotely
        $copies.Text | Should -Be $rules.Text
        $copies | Get-Shown | Should -Be ($rules | Get-Shown)
    }
}

Describe 'Get-KubePostroutingRule live (Linux, root, ip, iptables)' -Skip:(-not $LiveRules) {
    BeforeAll {
        $lab = New-Lab
        Import-Rule $lab g2.iptables-legacy-save.txt
    }
    AfterAll { Remove-Lab $lab }

    It 'reads the rules that the kernel of a namespace holds' {
        $live = Get-KubePostroutingRule -NetworkNamespace $lab -Backend IptablesLegacy
        $live.Text | Should -Be (Get-KubePostroutingRule -Path $new).Text
        $live.Packets | Sort-Object -Unique | Should -Be 0
    }
}
