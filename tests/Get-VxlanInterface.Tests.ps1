BeforeDiscovery { . $PSScriptRoot/discovery.ps1 }
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Get-VxlanInterface' {
    It 'says <ErrorId> with what to do' -ForEach @(
        @{ ErrorId = 'InterfaceNotFound'; Parameters = @{ Name = 'nosuch' } }
        @{ ErrorId = 'InterfaceNameInvalid'; Parameters = @{ Name = 'a/b' } }
        @{ ErrorId = 'NetworkNamespaceNotFound'; Parameters = @{ NetworkNamespace = 'nosuch' } }
    ) {
        Get-VxlanInterface @Parameters -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | Should -Be "$ErrorId,VxlanCsum.Commands.GetVxlanInterfaceCommand"
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        { Get-VxlanInterface @Parameters -ErrorAction Stop } | Should -Throw -ErrorId "$ErrorId,*"
    }

    It 'finds nothing by a wildcard, and no fault in that' {
        Get-VxlanInterface 'nosuch*' | Should -BeNullOrEmpty
    }

    It 'knows the kinds' {
        { Get-VxlanInterface -Kind nosuch } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }
}

Describe 'Get-VxlanInterface live (Linux, root, ip)' -Skip:(-not $Live) {
    BeforeAll {
        $lab = New-Lab
        ip -n $lab link add vx1 type vxlan id 7 dstport 8472 remote 10.9.0.2 noudpcsum nolearning
        $tunnel = Get-VxlanInterface vx0 -NetworkNamespace $lab
    }
    AfterAll { Remove-Lab $lab }

    It 'tells what decides the checksums of a tunnel' {
        $tunnel.Vni | Should -Be 42
        $tunnel.Port | Should -Be 4789
        $tunnel.Local | Should -Be '10.9.0.1'
        $tunnel.UnderlyingDevice | Should -Be 'eth0'
        $tunnel.UnderlyingDriver | Should -Be 'veth'
        $tunnel.UdpChecksum | Should -BeTrue
        $tunnel.UdpZeroChecksum6Tx | Should -BeFalse
        $tunnel.SourcePortRange | Should -Match '^\d+-\d+$'
        $tunnel.Up | Should -BeTrue
        $tunnel.NetworkNamespace | Should -Be $lab
    }

    It 'shows them in a table' {
        Get-VxlanInterface -NetworkNamespace $lab | Get-Shown | Should -Be @'
Name Kind  Vni Port Local    Underlying  UdpChecksum Mtu  Up
---- ----  --- ---- -----    ----------  ----------- ---  --
vx0  vxlan 42  4789 10.9.0.1 eth0 (veth) on          1450 True
vx1  vxlan 7   8472                      off         1500 False
'@
    }

    It 'chooses by name, wildcard, kind and pipeline' {
        (Get-VxlanInterface 'v*', vx0 -NetworkNamespace $lab).Name | Should -Be 'vx0', 'vx1'
        (Get-VxlanInterface -Kind vxlan -NetworkNamespace $lab).Name | Should -Be 'vx0', 'vx1'
        Get-VxlanInterface -Kind geneve -NetworkNamespace $lab | Should -BeNullOrEmpty
        ([pscustomobject]@{ Interface = 'vx0'; NetworkNamespace = $lab } | Get-VxlanInterface).Vni | Should -Be 42
        Get-VxlanInterface eth0 -NetworkNamespace $lab | Should -BeNullOrEmpty
    }

    It 'comes whole and looks the same from another process' {
        $copy = $tunnel | Copy-Remotely
        $copy.Vni | Should -Be 42
        $copy.SourcePortRange | Should -Be "$($tunnel.SourcePortRange)"
        $copy | Get-Shown | Should -Be ($tunnel | Get-Shown)
    }
}
