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

# What is written is compared as text.
$PSStyle.OutputRendering = 'PlainText'

function Get-Data([string] $Folder, [string] $Name) { Join-Path $PSScriptRoot 'data' $Folder $Name }

# What Out-String shows, without the spaces at its lines' ends and the empty lines around it.
function Get-Shown([int] $Width = 100) { ((($input | Out-String -Width $Width) -split '\r?\n').TrimEnd() -join "`n").Trim("`n") }

# The same objects as another process gets them: from a job, from a remote session, from Import-Clixml.
filter Copy-Remotely { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($_, 1)) }

# What the Tab key offers.
function Get-Completion([string] $Text) { (TabExpansion2 $Text $Text.Length).CompletionMatches }

# A network namespace of this run's own with a veth pair and a VXLAN device on it (10.9.0.1, VNI 42); Remove-Lab takes it away.
function New-Lab {
    $name = "vxpester-$PID-$((New-Guid).ToString('N').Substring(0, 6))"
    foreach ($command in @(
            "netns add $name"
            "-n $name link set lo up"
            "-n $name link add eth0 type veth peer name eth1"
            "-n $name link set eth0 up"
            "-n $name link set eth1 up"
            "-n $name address add 10.9.0.1/24 dev eth0"
            "-n $name link add vx0 type vxlan id 42 dstport 4789 local 10.9.0.1 dev eth0 udpcsum"
            "-n $name link set vx0 up"
        )) {
        ip (-split $command)
        if ($LASTEXITCODE -ne 0) { throw "ip $command ended with $LASTEXITCODE." }
    }
    $name
}

function Remove-Lab([string] $Name) { if ($Name) { ip netns delete $Name } }

# Rules as iptables-save printed them, into a namespace.
function Import-Rule([string] $Lab, [string] $File, [string] $Program = 'iptables-legacy-restore') {
    Get-Content (Get-Data rules $File) | ip netns exec $Lab $Program
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with $LASTEXITCODE." }
}
