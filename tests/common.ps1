# Dot-sourced by every *.Tests.ps1: imports the module and says where the test data are. The module is the one that dotnet build
# staged, or where VXLANCSUM_MODULE names a folder or manifest (build.ps1 -Module sets it) that one.
$script:Root = Split-Path -Parent $PSScriptRoot
$script:Captures = Join-Path $PSScriptRoot 'data' 'captures'
$script:Manifest = if ($env:VXLANCSUM_MODULE) { $env:VXLANCSUM_MODULE } else { $Root }
if (Test-Path $Manifest -PathType Container) {
    $script:Manifest = Join-Path $Manifest 'VxlanCsum.psd1'
}
if (-not (Test-Path (Join-Path (Split-Path $Manifest) 'bin' 'VxlanCsum.dll'))) {
    throw "The module is not built: run 'dotnet build' in $Root first."
}
Import-Module $Manifest -Force -ErrorAction Stop

function Get-Capture([string] $Name) { Join-Path $Captures $Name }
