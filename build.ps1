#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds and tests VxlanCsum. Everything it does is `dotnet` underneath, which works without pwsh as well.
.PARAMETER Task
    Build   builds all, stages the module so that Import-Module ./VxlanCsum.psd1 works, and vxlancsum in bin/
    Test    builds all and runs every test: dotnet test, then Pester
    Pester  runs the Pester tests alone, on the module that Build staged
.EXAMPLE
    ./build.ps1 -Task Test
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pester')]
    [string[]] $Task = 'Build'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

function Invoke-Dotnet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $args ended with $LASTEXITCODE."
    }
}

function Invoke-PesterTest {
    $pester = Get-Module -ListAvailable Pester | Where-Object { $_.Version.Major -eq 5 } | Sort-Object Version -Descending | Select-Object -First 1
    if (-not $pester) {
        throw 'The Pester tests need Pester 5: Install-Module Pester -MinimumVersion 5.0 -MaximumVersion 5.99 -Scope CurrentUser. The other tests run with: dotnet test'
    }

    if (-not (Test-Path bin/VxlanCsum.dll)) {
        throw 'The module is not staged. Run ./build.ps1 -Task Build (or dotnet build) first.'
    }

    Import-Module $pester
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = Join-Path $PSScriptRoot tests
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'Detailed'
    $result = Invoke-Pester -Configuration $configuration
    $failed = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
    if ($result.PassedCount + $failed -eq 0) {
        throw 'Pester ran no test.'
    }

    Write-Output "Pester: $($result.PassedCount) passed, $failed failed"
    if ($failed -gt 0) {
        throw "$failed Pester tests failed."
    }
}

foreach ($name in $Task) {
    switch ($name) {
        'Build' { Invoke-Dotnet build }
        'Test' {
            Invoke-Dotnet test
            Invoke-PesterTest
        }
        'Pester' { Invoke-PesterTest }
    }
}
