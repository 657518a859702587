<#
.SYNOPSIS
    Runs the Pester tests of the folder above in this PowerShell, and says what became of each.
.PARAMETER Pester
    The manifest of the Pester to run them with.
.PARAMETER Result
    A file for the results as JSON, one object a test: File, Name, Result, Why.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [string] $Pester,

    [string] $Result
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module $Pester
$configuration = New-PesterConfiguration
$configuration.Run.Path = Join-Path (Split-Path $PSScriptRoot) *.Tests.ps1
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
$configuration.Output.RenderMode = 'Plaintext'
$run = Invoke-Pester -Configuration $configuration

function Get-Why($Item) { (@($Item.ErrorRecord) | ForEach-Object { "$_"; $_.ScriptStackTrace }) -join "`n" }

# What fails outside a test, in BeforeAll say, is a failure of its own: its tests only say that they did not run.
$all = @(
    foreach ($container in $run.Containers) {
        $file = Split-Path -Leaf $container.Item
        if ($container.ErrorRecord) { @{ File = $file; Name = 'the file itself'; Result = 'Failed'; Why = Get-Why $container } }
        foreach ($block in $run.FailedBlocks | Where-Object { $_.BlockContainer -eq $container }) {
            @{ File = $file; Name = "$($block.ExpandedPath), before or after its tests"; Result = 'Failed'; Why = Get-Why $block }
        }
    }
    foreach ($test in $run.Tests) {
        @{ File = Split-Path -Leaf $test.ScriptBlock.File; Name = $test.ExpandedPath; Result = "$($test.Result)"; Why = Get-Why $test }
    }
)
if ($Result) {
    ConvertTo-Json $all -Depth 3 | Set-Content $Result
}

$passed = @($all | Where-Object { $_.Result -eq 'Passed' }).Count
$failed = @($all | Where-Object { $_.Result -eq 'Failed' }).Count
"Pester: $passed passed, $failed failed"
if ($passed + $failed -eq 0) {
    throw 'Pester ran no test.'
}

exit [int] ($failed -gt 0)
