#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests and packs VxlanCsum. Everything it does is `dotnet` underneath, which works without pwsh as well.
.PARAMETER Task
    Build   builds all, stages the module so that Import-Module ./VxlanCsum.psd1 works, and vxlancsum in bin/
    Test    builds all and runs every test: dotnet test, then Pester, which is installed from the PowerShell Gallery where it is missing
    Pester  runs the Pester tests alone, on the module that Build staged or -Module names
    Docs    builds en-US/, what Get-Help shows, from docs/ with Microsoft.PowerShell.PlatyPS
    Package builds the module and packs it: out/VxlanCsum/<version> as PowerShell installs it, and the .nupkg of it, the same bits
            wherever they are built. Without pwsh: dotnet run --project build/Packing
    Coverage runs the unit and the engine tests and says which lines of the module they reach: out/coverage/report/index.html, and a summary.
            Slow, since nothing is precompiled; the next Build stages the usual module again
.PARAMETER Module
    The folder or manifest of the module to run the Pester tests on, in place of the one that Build staged: the packed one, say.
.EXAMPLE
    ./build.ps1 -Task Test
.EXAMPLE
    ./build.ps1 -Task Package; ./build.ps1 -Task Pester -Module (Get-Item out/VxlanCsum/*)
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pester', 'Docs', 'Package', 'Coverage')]
    [string[]] $Task = 'Build',

    [string] $Module
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

function Invoke-Coverage {
    $output = Join-Path $PSScriptRoot out coverage
    # The package is built by another configuration; its tests would not find what they compare.
    $projects = [ordered]@{ unit = @(); engine = '--filter-not-namespace', 'VxlanCsum.EngineTests.Packaging' }
    foreach ($project in $projects.Keys) {
        $filter = $projects[$project]
        Invoke-Dotnet test --project "tests/$project" --configuration Coverage @filter --coverage --coverage-output-format cobertura --coverage-output (Join-Path $output "$project.xml") --coverage-settings (Join-Path $PSScriptRoot build coverage.settings.xml)
    }

    Invoke-Dotnet tool restore
    Invoke-Dotnet reportgenerator "-reports:$output/*.xml" "-targetdir:$output/report" '-reporttypes:Html;TextSummary' '-filefilters:-*.g.cs'
    Get-Content (Join-Path $output report Summary.txt)
}

function Get-Pester {
    Get-Module -ListAvailable Pester | Where-Object { $_.Version.Major -eq 5 } | Sort-Object Version -Descending | Select-Object -First 1
}

function Install-Pester {
    Write-Output 'Pester 5 is not installed: installing it from the PowerShell Gallery for the current user.'
    try {
        Install-PSResource Pester -Version '[5.5,6)' -Repository PSGallery -Scope CurrentUser -TrustRepository -ErrorAction Stop
    }
    catch {
        throw "The Pester tests need Pester 5, and the PowerShell Gallery could not be reached ($($_.Exception.Message)). On a machine that reaches it: Save-PSResource Pester -Version '[5.5,6)' -Path FOLDER; then copy FOLDER/Pester to a folder of `$env:PSModulePath here. The other tests run with: dotnet test"
    }
}

function Invoke-PesterTest {
    if (-not (Get-Pester)) {
        Install-Pester
    }

    $pester = Get-Pester
    $env:VXLANCSUM_MODULE = if ($Module) { (Resolve-Path $Module).ProviderPath }
    if (-not $Module -and -not (Test-Path bin/VxlanCsum.dll)) {
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
        'Package' { Invoke-Dotnet run --project build/Packing }
        'Coverage' { Invoke-Coverage }
        'Docs' { & (Join-Path $PSScriptRoot build Build-Help.ps1) }
    }
}
