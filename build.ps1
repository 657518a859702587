#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds, tests and packs VxlanCsum. Everything it does is `dotnet` underneath, which works without pwsh as well.
.PARAMETER Task
    Build   builds all, stages the module so that Import-Module ./VxlanCsum.psd1 works, and vxlancsum in bin/
    Test    builds all and runs every test: dotnet test, which runs the Pester tests in a pwsh that it brings itself
    Pester  runs the Pester tests alone, in this pwsh, on the module that Build staged or -Module names
    Docs    builds en-US/, what Get-Help shows, from docs/ with Microsoft.PowerShell.PlatyPS
    Package builds the module and packs it: out/VxlanCsum/<version> as PowerShell installs it, and the .nupkg of it, the same bits
            wherever they are built. Without pwsh: dotnet run --project build/Packing
    Plugin  makes the kubectl plugin's archive and its manifest for krew in out/krew; -Uri is where the archive will be published. Without
            pwsh: dotnet run --project build/Packing -- krew URI
    Coverage runs the unit and the engine tests and says which lines of the module they reach: out/coverage/report/index.html, and a summary.
            Slow, since nothing is precompiled; the next Build stages the usual module again
.PARAMETER Module
    The folder or manifest of the module to run the Pester tests on, in place of the one that Build staged: the packed one, say.
.PARAMETER Uri
    Of Plugin: the https address that the archive will have; {version} in it stands for the module's version.
.EXAMPLE
    ./build.ps1 -Task Test
.EXAMPLE
    ./build.ps1 -Task Package; ./build.ps1 -Task Pester -Module (Get-Item out/VxlanCsum/*)
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pester', 'Docs', 'Package', 'Plugin', 'Coverage')]
    [string[]] $Task = 'Build',

    [string] $Module,

    [string] $Uri
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

function Invoke-PesterTest {
    $env:VXLANCSUM_MODULE = if ($Module) { (Resolve-Path $Module).ProviderPath }
    if (-not $Module -and -not (Test-Path bin/VxlanCsum.dll)) {
        throw 'The module is not staged. Run ./build.ps1 -Task Build (or dotnet build) first.'
    }

    # The Pester of dotnet test, in this pwsh.
    Invoke-Dotnet restore tests/pester
    $pester = Invoke-Dotnet msbuild tests/pester -getProperty:PesterManifest
    & (Join-Path $PSScriptRoot tests pester Invoke-Pester.ps1) -Pester $pester
    if ($LASTEXITCODE -ne 0) {
        throw 'Pester tests failed.'
    }
}

foreach ($name in $Task) {
    switch ($name) {
        'Build' { Invoke-Dotnet build }
        'Test' { Invoke-Dotnet test }
        'Pester' { Invoke-PesterTest }
        'Package' { Invoke-Dotnet run --project build/Packing }
        'Plugin' {
            if (-not $Uri) { throw 'Say with -Uri where kubectl-vxlancsum.tar.gz will be published.' }
            Invoke-Dotnet run --project build/Packing -- krew $Uri
        }
        'Coverage' { Invoke-Coverage }
        'Docs' { & (Join-Path $PSScriptRoot build Build-Help.ps1) }
    }
}
