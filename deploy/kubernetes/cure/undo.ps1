# When the pod goes (the DaemonSet or the node's label was removed, or a new version comes), the node is as it was before.
param([string] $Folder, [string] $JournalPath = '/var/lib/vxlancsum/journal.jsonl')

Undo-ChecksumMitigation -All -JournalPath $JournalPath -Confirm:$false | ForEach-Object { "$_" }
[System.IO.File]::Delete("$Folder/vxlancsum-cure.prom")
