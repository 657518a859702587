BeforeAll {
    . $PSScriptRoot/common.ps1
    $cluster = Get-Data clusters upgrading.json
}

Describe 'Get-KubeNodeRisk' {
    It 'says of each node how likely the fault is' {
        $risks = Get-KubeNodeRisk -Path $cluster
        $risks.Name | Should -Be 'worker-1', 'worker-2', 'worker-3', 'worker-4', 'windows-1'
        $risks.Risk | Should -Be 'Likely', 'Low', 'Low', 'Possible', 'Low'
        $risks.Reason | Should -Not -Contain ''
    }

    It 'groups and sorts well' {
        $groups = Get-KubeNodeRisk -Path $cluster | Group-Object Risk
        ($groups | Sort-Object { $_.Values[0] } -Descending).Name | Should -Be 'Likely', 'Possible', 'Low'
        (Get-KubeNodeRisk -Path $cluster | Group-Object KernelVersion, Cni).Count | Should -Be 3
        (Get-KubeNodeRisk -Path $cluster | Sort-Object Risk -Descending | Select-Object -First 1).Name | Should -Be 'worker-1'
    }

    It 'reads lines, whole text, files and compact JSON alike' {
        $expected = Get-KubeNodeRisk -Path $cluster | ForEach-Object ToString
        Get-Content $cluster | Get-KubeNodeRisk | ForEach-Object ToString | Should -Be $expected
        Get-Content -Raw $cluster | Get-KubeNodeRisk | ForEach-Object ToString | Should -Be $expected
        Get-Item $cluster | Get-KubeNodeRisk | ForEach-Object ToString | Should -Be $expected
        Get-Content -Raw $cluster | ConvertFrom-Json | ConvertTo-Json -Depth 20 -Compress | Get-KubeNodeRisk | ForEach-Object ToString | Should -Be $expected
        (Get-Content -Raw $cluster | ConvertFrom-Json).items | ForEach-Object { $_ | ConvertTo-Json -Depth 20 } | Get-KubeNodeRisk | ForEach-Object ToString | Should -Be $expected
    }

    It 'takes names with wildcards' {
        (Get-KubeNodeRisk WORKER-[12] -Path $cluster).Name | Should -Be 'worker-1', 'worker-2'
    }

    It 'shows a table and a list' {
        Get-KubeNodeRisk worker-1 -Path $cluster | Get-Shown | Should -Match '(?m)^worker-1 +Likely +Always +v1\.18\.5 iptables +calico v3\.13\.3 +5\.4\.0-42-generic$'
        Get-KubeNodeRisk worker-1 -Path $cluster | Format-List | Get-Shown | Should -Match '(?m)^Reason +: kube-proxy v1\.18\.5 writes rules'
    }

    It 'comes whole and looks the same from another process' {
        $risks = Get-KubeNodeRisk -Path $cluster
        $copies = $risks | Copy-Remotely
        $copies.Notes | Should -Be $risks.Notes
        $copies | Get-Shown | Should -Be ($risks | Get-Shown)
    }

    It 'is reported' {
        Get-KubeNodeRisk -Path $cluster | Export-ChecksumReport (Join-Path $TestDrive risks.md)
        Get-Content -Raw (Join-Path $TestDrive risks.md) | Should -Match 'worker-1'
    }

    It 'says what it cannot read' {
        { 'NAME STATUS' | Get-KubeNodeRisk -ErrorAction Stop } | Should -Throw -ErrorId 'KubeTextNotJson,VxlanCsum.Commands.GetKubeNodeRiskCommand'
        { Get-KubeNodeRisk -Path /no/such -ErrorAction Stop } | Should -Throw -ErrorId 'TextFileNotFound,VxlanCsum.Commands.GetKubeNodeRiskCommand'
        { Get-KubeNodeRisk -Kubeconfig /no/such } | Should -Throw -ErrorId 'KubeconfigNotFound,VxlanCsum.Commands.GetKubeNodeRiskCommand'
    }
}
