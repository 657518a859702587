# Dot-sourced by every *.Tests.ps1: imports the staged module and says where the test data are.
$script:Root = Split-Path -Parent $PSScriptRoot
$script:Captures = Join-Path $PSScriptRoot 'data' 'captures'
$script:Manifest = Join-Path $Root 'VxlanCsum.psd1'
if (-not (Test-Path (Join-Path $Root 'bin' 'VxlanCsum.dll'))) {
    throw "The module is not built: run 'dotnet build' in $Root first."
}
Import-Module $Manifest -Force -ErrorAction Stop

function Get-Capture([string] $Name) { Join-Path $Captures $Name }
