<#
.SYNOPSIS
    The plugin that node-problem-detector runs (vxlan-checksum.json): one line of at most 80 bytes, and an exit code.
.DESCRIPTION
    0  no problem          1  the problem is there          2  not known: what decides could not be looked at
    It only looks. docs/deploy.md says what it needs.
.PARAMETER From
    The verdict from which on it is a problem.
.PARAMETER NetworkNamespace
    Where the node's network is, if not here: /proc/1/ns/net in a container with hostPID.
.PARAMETER CaptureSeconds
    Seconds to capture, which shows the fault also where the rules are not conclusive. Needs CAP_NET_RAW.
#>
param(
    [ValidateSet('FaultActive', 'AtRisk')]
    [string] $From = 'FaultActive',

    [string] $NetworkNamespace,

    [double] $CaptureSeconds
)

# node-problem-detector cuts at max_output_length bytes, in the midst of a character if need be.
function Exit-Plugin([int] $Code, [string] $Message) {
    $line = $Message -replace '[^\x20-\x7e]+', ' '
    if ($line.Length -gt 80) { $line = $line.Substring(0, 77) + '...' }
    $line
    exit $Code
}

$where = @{}
if ($NetworkNamespace) { $where.NetworkNamespace = $NetworkNamespace }
if ($CaptureSeconds) { $where.CaptureSeconds = $CaptureSeconds }
try {
    $diagnosis = Get-ChecksumDiagnosis @where -ErrorAction Stop -WarningAction SilentlyContinue
}
catch {
    Exit-Plugin 2 "not diagnosed: $($_.Exception.Message)"
}

switch ("$($diagnosis.Verdict)") {
    'Healthy' { Exit-Plugin 0 'Healthy: tunnel packets stay as they are' }
    'AtRisk' { Exit-Plugin ([int] ($From -eq 'AtRisk')) "AtRisk: $($diagnosis.Cause) to expect; cure: $($diagnosis.Mitigations | ForEach-Object Kind)" }
    'FaultActive' { Exit-Plugin 1 "FaultActive: $($diagnosis.Cause); cure: $($diagnosis.Mitigations | ForEach-Object Kind)" }
    default {
        $finding = @($diagnosis.Findings | Where-Object Severity -EQ NotLooked)[0]
        Exit-Plugin 2 "Undecided: $($finding.Message)"
    }
}
