# Writes this node's diagnosis to FOLDER/vxlancsum.prom again and again, and after each to BEAT, which the pod's probes look at.
param([string] $Folder, [string] $Beat, [double] $Seconds)

$ErrorActionPreference = 'Stop'

# What a killed agent left half written. Only names that a report has before it is whole.
foreach ($left in [System.IO.Directory]::EnumerateFiles($Folder, '.vxlancsum.prom.*.tmp')) {
    if ($left -match '\.prom\.[0-9a-f]{32}\.tmp$') { [System.IO.File]::Delete($left) }
}

while ($true) {
    # A report that cannot be made leaves the last one in place: vxlancsum_report_timestamp_seconds tells how old it is.
    try {
        Get-ChecksumDiagnosis -NodeName $env:NODE_NAME | Export-ChecksumReport "$Folder/vxlancsum.prom" -Format Prometheus -Force
        [System.IO.File]::WriteAllText($Beat, [datetime]::UtcNow.ToString('o'))
    }
    catch {
        [System.Console]::Error.WriteLine($_)
        if ($_.FullyQualifiedErrorId -match 'NotWritable') {
            [System.Console]::Error.WriteLine(
                "The textfile folder is not root's, or cannot be written: choose one of overlays/textfile-group, textfile-any-owner, textfile-made.")
        }
    }

    # Between two looks the memory of the last is given back.
    [System.GC]::Collect()
    [System.Threading.Tasks.Task]::Delay([System.TimeSpan]::FromSeconds($Seconds)).Wait()
}
