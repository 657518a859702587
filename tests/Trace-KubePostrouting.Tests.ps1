BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll {
    . $PSScriptRoot/common.ps1
    $old = Get-Data rules g1.iptables-legacy-save.txt
    $new = Get-Data rules g2.iptables-legacy-save.txt
}

Describe 'Trace-KubePostrouting' {
    It 'says <Verdict> of <File>' -ForEach @(
        @{ File = 'g0.iptables-legacy-save.txt'; Verdict = 'Safe' }
        @{ File = 'g1.iptables-legacy-save.txt'; Verdict = 'DoubleSnatWithRandomPort' }
        @{ File = 'g1.iptables-nft-save.txt'; Verdict = 'DoubleSnatWithRandomPort' }
        @{ File = 'g1-mark-0x40.iptables-nft-save.txt'; Verdict = 'DoubleSnatWithRandomPort' }
        @{ File = 'g2.iptables-nft-save.txt'; Verdict = 'Safe' }
        @{ File = 'stale-g1-before-g2.iptables-legacy-save.txt'; Verdict = 'DoubleSnatWithRandomPort' }
        @{ File = 'fix-notrack.iptables-nft-save.txt'; Verdict = 'Safe' }
        @{ File = 'fix-unmark-postrouting.iptables-legacy-save.txt'; Verdict = 'Safe' }
        @{ File = 'accept-before-jump.iptables-legacy-save.txt'; Verdict = 'DoubleSnatWithRandomPort' }
        @{ File = 'nft-gen2.nft.json'; Verdict = 'Safe' }
    ) {
        (Trace-KubePostrouting -Path (Get-Data rules $File)).Verdict | Should -Be $Verdict
    }

    It 'names the rule to blame, and why' {
        $trace = Trace-KubePostrouting -Path $old
        $trace.OffendingRule.Chain | Should -Be 'KUBE-POSTROUTING'
        $trace.SnatRule.Target | Should -Be 'MASQUERADE'
        $trace.FinalMark | Should -Be 0x4000
        $trace.Explanation | Should -Match 'SNATed to a port chosen anew by rule 1 .* asks for mark 0x4000 and never clears it'
    }

    It 'shows the walk, step by step' {
        $shown = Trace-KubePostrouting -Path $old | Get-Shown -Width 200
        $shown | Should -Match '(?m)^Verdict +: DoubleSnatWithRandomPort$'
        $shown | Should -Match '(?m)^Walk +: service packet: mark 0x4000'
        $shown | Should -Match '(?m)^ +tunnel packet: mark 0x4000, udp'
        $shown | Should -Match '> 1\. .*-j MASQUERADE --random-fully +\[match: MASQUERADE'
    }

    It 'takes rules by value, text by value and files by property name' {
        (Get-KubePostroutingRule -Path $old | Trace-KubePostrouting).Verdict | Should -Be 'DoubleSnatWithRandomPort'
        (Get-Content $old | Trace-KubePostrouting).Verdict | Should -Be 'DoubleSnatWithRandomPort'
        (Get-Item $old, $new | ForEach-Object { $_ | Trace-KubePostrouting }).Verdict | Should -Be 'DoubleSnatWithRandomPort', 'Safe'
    }

    It 'walks the packet that is described' {
        (Trace-KubePostrouting -Path $old -Mark 0).Verdict | Should -Be 'Safe'
        (Trace-KubePostrouting -Path $old -Encapsulated -Mark 0x4000).Verdict | Should -Be 'DoubleSnatWithRandomPort'
        (Trace-KubePostrouting -Path $old -Encapsulated -Mark 0x4000 -State UNTRACKED).Verdict | Should -Be 'Safe'
    }

    It 'walks no part of a ruleset' {
        Get-KubePostroutingRule -Path $old -Chain POSTROUTING | Trace-KubePostrouting -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be 'RulesetPartial,VxlanCsum.Commands.TraceKubePostroutingCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'refuses a protocol that is none, at once' {
        { Trace-KubePostrouting -Path $old -Protocol nosuch } | Should -Throw -ErrorId 'ProtocolUnknown,VxlanCsum.Commands.TraceKubePostroutingCommand'
    }

    It 'says that a file is not there' {
        { Trace-KubePostrouting -LiteralPath /no/such -ErrorAction Stop } | Should -Throw -ErrorId 'TextFileUnreadable,*'
    }

    It 'completes protocols and states' {
        (Get-Completion 'Trace-KubePostrouting -Protocol ud').CompletionText | Should -Contain 'udp'
        (Get-Completion 'Trace-KubePostrouting -State UN').CompletionText | Should -Be 'UNTRACKED'
    }

    It 'comes with its verdict from another process' {
        $copy = Trace-KubePostrouting -Path $old | Copy-Remotely
        $copy.Verdict | Should -Be 'DoubleSnatWithRandomPort'
        $copy.FinalMark | Should -Be 0x4000
    }
}

Describe 'Trace-KubePostrouting live (Linux, root, ip, iptables)' -Skip:(-not $LiveRules) {
    BeforeAll { $lab = New-Lab }
    AfterAll { Remove-Lab $lab }

    It 'walks the rules of a namespace through its own VXLAN device: <Verdict> with <File>' -ForEach @(
        @{ File = 'g1.iptables-legacy-save.txt'; Verdict = 'DoubleSnatWithRandomPort' }
        @{ File = 'g2.iptables-legacy-save.txt'; Verdict = 'Safe' }
    ) {
        Import-Rule $lab $File
        $trace = Trace-KubePostrouting -NetworkNamespace $lab
        $trace.TunnelInterface | Should -Be 'vx0'
        $trace.Verdict | Should -Be $Verdict
    }
}
