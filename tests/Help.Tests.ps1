BeforeDiscovery {
    $cmdlets = (Import-PowerShellDataFile (Join-Path $PSScriptRoot '..' 'VxlanCsum.psd1')).CmdletsToExport
    $topics = (Get-Item (Join-Path $PSScriptRoot '..' 'docs' 'about_*.md')).BaseName
    $canBuild = [bool] (Get-Module -ListAvailable Microsoft.PowerShell.PlatyPS)
}

BeforeAll { . $PSScriptRoot/common.ps1 }

Describe 'Help' {
    It 'of <_> has synopsis, description, parameters and examples' -ForEach $cmdlets {
        $help = Get-Help $_ -Full
        $page = Get-Content (Join-Path $Root "docs/cmdlets/$_.md") -Raw
        $page | Should -BeLike "*## SYNOPSIS`n`n$([WildcardPattern]::Escape($help.Synopsis))`n`n*"
        $help.description.Text | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters
        $help.parameters.parameter.name | Sort-Object | Should -Be ((Get-Command $_).Parameters.Keys | Where-Object { $_ -notin $common } | Sort-Object)
        $help.parameters.parameter | ForEach-Object { $_.description.Text | Should -Not -BeNullOrEmpty }
    }

    It 'of <_> opens no page of others' -ForEach $cmdlets {
        (Get-Command $_).HelpUri | Should -Be (Import-PowerShellDataFile $Manifest).PrivateData.PSData.ProjectUri
    }

    It 'of <_> prints its examples with what they print' -ForEach $cmdlets {
        $shown = Get-Help $_ -Examples | Out-String -Width 200
        $shown | Should -Match 'Example 1: '
        $shown | Should -Match "PS>[^\n]*"
        $shown | Should -Not -Match '```'
    }

    It 'has the topic <_>' -ForEach $topics {
        $text = Get-Help $_
        $text | Should -BeLike "$($_.ToUpperInvariant())*SHORT DESCRIPTION*LONG DESCRIPTION*SEE ALSO*"
        (Get-Help VxlanCsum).Name | Should -Contain $_
    }

    It 'is there in another language, too' {
        $synopsis = (Get-Help Read-PcapChecksum).Synopsis
        pwsh -NoProfile -Command "[cultureinfo]::CurrentUICulture = 'zh-CN'; Import-Module '$Manifest'; (Get-Help Read-PcapChecksum).Synopsis" | Should -Be $synopsis
    }

    It 'in en-US is what build.ps1 -Task Docs makes of docs' -Skip:(-not $canBuild) {
        & (Join-Path $Root build Build-Help.ps1) -OutputFolder $TestDrive | Out-Null
        (Get-ChildItem $TestDrive).Name | Should -Be (Get-ChildItem (Join-Path $Root en-US)).Name
        Get-ChildItem $TestDrive | ForEach-Object {
            (Get-FileHash $_).Hash | Should -Be (Get-FileHash (Join-Path $Root "en-US/$($_.Name)")).Hash -Because "$($_.Name) is committed as it was built"
        }
    }
}
