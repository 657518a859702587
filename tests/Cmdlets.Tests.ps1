# What all cmdlets keep to, so that who knows one knows the others.
BeforeDiscovery {
    $root = Split-Path $PSScriptRoot
    $cmdlets = (Import-PowerShellDataFile (Join-Path $root VxlanCsum.psd1)).CmdletsToExport
    $views = ([xml] (Get-Content -Raw (Join-Path $root VxlanCsum.Format.ps1xml))).SelectNodes('//ViewSelectedBy/TypeName').InnerText | Sort-Object -Unique
}
BeforeAll { . $PSScriptRoot/common.ps1 }

Describe '<_>' -ForEach $cmdlets {
    BeforeAll {
        $name = $_
        $command = Get-Command $name
        $parameters = $command.Parameters.Values | Where-Object Name -NotIn ([System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters)
    }

    It 'says what it gives, and each type has a view' {
        $command.OutputType | Should -Not -BeNullOrEmpty
        foreach ($type in $command.OutputType.Name | Where-Object { $_ -like 'VxlanCsum.*' -and -not ($_ -as [type]).IsEnum }) {
            Get-FormatData -TypeName $type | Should -Not -BeNullOrEmpty -Because "$type is what people see"
        }
    }

    It 'is a sealed class in VxlanCsum.Commands' {
        $command.ImplementingType.IsSealed | Should -BeTrue
        $command.ImplementingType.Namespace | Should -Be 'VxlanCsum.Commands'
    }

    It 'asks before it changes something' {
        # Watch-ChecksumDrop only looks.
        if ($command.Verb -in 'Set', 'Invoke', 'Undo', 'Repair', 'Watch', 'Export' -and $command.Name -ne 'Watch-ChecksumDrop') {
            $command.Parameters.Keys | Should -Contain 'WhatIf'
        }
        else {
            $command.Parameters.Keys | Should -Not -Contain 'WhatIf'
        }
    }

    It 'has parameters in the singular and in Pascal case' {
        foreach ($parameter in $parameters) {
            $parameter.Name | Should -MatchExactly '^([A-Z][a-z0-9]+)+(TX|RX)?$'
            $parameter.Name | Should -Not -Match '(?<![sui]|Second)s$'
        }
    }

    It 'takes files by wildcard and as they are, where it takes several' {
        $path = $command.Parameters['Path']
        if ($path -and $path.ParameterType.IsArray -and $command.Verb -ne 'Export') {
            $path.Attributes | Where-Object { $_ -is [System.Management.Automation.SupportsWildcardsAttribute] } | Should -Not -BeNullOrEmpty
            $literal = $command.Parameters['LiteralPath']
            $literal.Aliases | Should -Contain 'PSPath'
            $literal.ParameterSets.Values.ValueFromPipelineByPropertyName | Should -Contain $true
        }
    }

    It 'completes namespaces, where it takes one' {
        if ($place = $command.Parameters['NetworkNamespace']) {
            $place.Attributes | Where-Object { $_ -is [System.Management.Automation.ArgumentCompleterAttribute] } | Should -Not -BeNullOrEmpty
            $place.Aliases | Should -Contain 'Netns'
        }
    }

    It 'has written help: a synopsis, every parameter, three examples' {
        $help = Get-Help $name -Full
        $help.Synopsis.Trim() | Should -Not -BeLike "*$name*[[]*"
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
        foreach ($parameter in $parameters) {
            (Get-Help $name -Parameter $parameter.Name).description.Text -join '' | Should -Not -BeNullOrEmpty -Because "-$($parameter.Name) is to be explained"
        }
    }
}

Describe 'The views' {
    It 'has one for <_>, which is a type of the module' -ForEach $views {
        $_ -as [type] | Should -Not -BeNullOrEmpty
    }
}
