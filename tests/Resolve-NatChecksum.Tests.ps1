BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Resolve-NatChecksum' {
    It 'gives defect A''s constant <Expected> for <Old> -> <New>' -ForEach @(
        @{ Old = '10.0.0.11'; New = '10.0.0.11'; Expected = 0xffff }
        @{ Old = '10.244.1.0'; New = '192.168.56.10'; Expected = 0xecbe }
        @{ Old = '10.244.90.192'; New = '10.0.0.5'; Expected = 0xa450 }
    ) {
        $result = Resolve-NatChecksum 0 Partial -Kernel BeforeFix -OldAddress $Old -NewAddress $New
        $result.Result | Should -Be $Expected
        $result.Steps.Count | Should -BeGreaterThan 1
    }

    It 'leaves a zero checksum alone after the fix' {
        (Resolve-NatChecksum 0 Partial -Kernel AfterFix -OldAddress 10.244.1.0 -NewAddress 192.168.56.10).Result | Should -Be 0
    }

    It 'tells the port before NAT from a capture, also by property name' {
        (Resolve-NatChecksum -Found 0xbd67 -Expected 0x4e7f -NewPort 7103).ImpliedOriginalPort | Should -Be 44246
        ([pscustomobject]@{ Found = 0xbd67; Expected = 0x4e7f; NewPort = 7103 } | Resolve-NatChecksum).ImpliedOriginalPort | Should -Be 44246
    }

    It 'shows its steps as text' {
        Resolve-NatChecksum 0 Partial -Kernel BeforeFix -OldAddress 10.244.1.0 -NewAddress 192.168.56.10 | Out-String | Should -Match '0xecbe'
    }
}
