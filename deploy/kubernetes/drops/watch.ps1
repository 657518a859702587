# Counts what the kernel of this node drops for its checksum, in FOLDER/vxlancsum-drops.prom, as long as the pod runs. It costs nothing
# while nothing is dropped.
param([string] $Folder, [double] $Seconds)

$ErrorActionPreference = 'Stop'

# What a killed watch left half written. Only names that its file has before it is whole.
foreach ($left in [System.IO.Directory]::EnumerateFiles($Folder, '.vxlancsum-drops.prom.*.tmp')) {
    if ($left -match '\.prom\.[0-9a-f]{32}\.tmp$') { [System.IO.File]::Delete($left) }
}

while ($true) {
    try { Watch-ChecksumDrop -Prometheus "$Folder/vxlancsum-drops.prom" }
    catch {
        [System.Console]::Error.WriteLine($_)
        if ($_.FullyQualifiedErrorId -match 'DropWatch') {
            [System.Console]::Error.WriteLine("This node's drops are not watched. The node agent goes on without them.")
        }
    }

    # A node may get its rights, or its folder, later.
    [System.Threading.Tasks.Task]::Delay([System.TimeSpan]::FromSeconds($Seconds)).Wait()
}
