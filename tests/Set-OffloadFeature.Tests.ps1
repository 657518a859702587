BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Set-OffloadFeature' {
    It 'asks before it changes something' {
        $command = Get-Command Set-OffloadFeature
        $command.Parameters.Keys | Should -Contain 'WhatIf'
        $command.Parameters.Keys | Should -Contain 'Confirm'
    }

    It 'takes <_> for a word of ethtool, and completes it' -ForEach 'on', 'off', 'OFF' {
        Set-OffloadFeature nosuch tx $_ -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,VxlanCsum.Commands.SetOffloadFeatureCommand'
        $typed = "Set-OffloadFeature nosuch tx $($_.Substring(0, 2))"
        (TabExpansion2 $typed $typed.Length).CompletionMatches.CompletionText | Should -Contain $_.ToLower()
    }

    It 'takes no other word' {
        { Set-OffloadFeature nosuch tx perhaps } | Should -Throw "*'perhaps' is neither on nor off*"
    }

    It 'says that there is no such interface' {
        Set-OffloadFeature nosuch tx $false -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be 'InterfaceNotFound,VxlanCsum.Commands.SetOffloadFeatureCommand'
    }
}

Describe 'Set-OffloadFeature live (Linux, root, ip)' -Skip:(-not $Live) {
    BeforeAll { function Get-Feature([string] $Name) { Get-OffloadFeature eth0 -Name $Name -NetworkNamespace $lab } }
    BeforeEach { $lab = New-Lab }
    AfterEach { Remove-Lab $lab }

    It 'changes nothing with -WhatIf' {
        Set-OffloadFeature eth0 tx $false -NetworkNamespace $lab -WhatIf | Should -BeNullOrEmpty
        (Get-Feature tx-checksum-ip-generic).Active | Should -BeTrue
    }

    It 'gives back all that changed with it, as the kernel now has it' {
        $changed = Set-OffloadFeature eth0 tx-checksum-ip-generic $false -NetworkNamespace $lab
        $changed[0].Name | Should -Be 'tx-checksum-ip-generic'
        $changed.Name | Should -Contain 'tx-tcp-segmentation'
        $changed | Where-Object Active | Should -BeNullOrEmpty
        (Get-Feature tx-checksum-ip-generic).Active | Should -BeFalse
        $changed | Select-Object -First 2 | Get-Shown | Should -Be @'
   Interface: eth0

Name                            State              Flag
----                            -----              ----
tx-checksum-ip-generic          off                NETIF_F_HW_CSUM
tx-tcp-segmentation             off [requested on] NETIF_F_TSO
'@
    }

    It 'says nothing where nothing changed, unless -PassThru asks' {
        Set-OffloadFeature eth0 tx-checksum-ip-generic $true -NetworkNamespace $lab | Should -BeNullOrEmpty
        (Set-OffloadFeature eth0 tx-checksum-ip-generic $true -NetworkNamespace $lab -PassThru).Name | Should -Be 'tx-checksum-ip-generic'
    }

    It 'takes interfaces from the pipeline by property name, and whole objects whose Enabled is set' {
        Get-VxlanInterface -NetworkNamespace $lab | Set-OffloadFeature -Name tx-checksum-ip-generic -Enabled $false | ForEach-Object NetworkNamespace | Sort-Object -Unique | Should -Be $lab
        [pscustomobject]@{ Interface = 'eth0'; Name = 'rx-checksum'; Enabled = $false; NetworkNamespace = $lab } | Set-OffloadFeature
        (Get-Feature rx-checksum).Active | Should -BeFalse
    }

    It 'says <ErrorId> for <Name>, and changes nothing of that interface' -ForEach @(
        @{ Interface = 'eth0'; Changeable = 'tx-checksum-ip-generic'; Name = 'nosuch'; ErrorId = 'OffloadFeatureNotFound' }
        @{ Interface = 'lo'; Changeable = 'tx-tcp-segmentation'; Name = 'tx-checksum-ip-generic'; ErrorId = 'OffloadFixed' }
    ) {
        Set-OffloadFeature $Interface $Changeable, $Name $false -NetworkNamespace $lab -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        $problems.FullyQualifiedErrorId | Should -Be "$ErrorId,VxlanCsum.Commands.SetOffloadFeatureCommand"
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        (Get-OffloadFeature $Interface -Name $Changeable -NetworkNamespace $lab).Active | Should -BeTrue
        { Set-OffloadFeature $Interface $Name $false -NetworkNamespace $lab -ErrorAction Stop } | Should -Throw -ErrorId "$ErrorId,*"
    }
}
