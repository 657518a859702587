# Where the diagnosis of this node asks for it, applies one harmless mitigation; else changes nothing. Mode WhatIf only says what it would do.
param(
    [ValidateSet('WhatIf', 'Apply')] [string] $Mode, [string] $Kind, [string] $Folder, [string] $Beat, [double] $Seconds,
    [string] $JournalPath = '/var/lib/vxlancsum/journal.jsonl')

$ErrorActionPreference = 'Stop'
$node = $env:NODE_NAME -replace '[\\"\r\n]', '_'
$labels = "node=`"$node`",kind=`"$Kind`""

# What was begun and not ended, when a pod was killed, is taken back before anything else.
if ($Mode -eq 'Apply') { Undo-ChecksumMitigation -Pending -JournalPath $JournalPath -Confirm:$false | ForEach-Object { "$_" } }

while ($true) {
    try {
        $diagnosis = Get-ChecksumDiagnosis -NodeName $env:NODE_NAME
        $ill = "$($diagnosis.Verdict)" -in 'FaultActive', 'AtRisk'
        $asked = $ill -and @($diagnosis.Mitigations | Where-Object { "$($_.Kind)" -eq $Kind }).Count -gt 0
        $changed = $verified = $false
        if ($asked) {
            if ($Mode -eq 'WhatIf') {
                "${node}: $($diagnosis.Verdict) ($($diagnosis.Cause)). It would be cured by:"
                Get-ChecksumMitigation -Kind $Kind -JournalPath $JournalPath | ForEach-Object Commands
            }
            else {
                $receipt = Invoke-ChecksumMitigation -Kind $Kind -JournalPath $JournalPath -Confirm:$false
                ($changed, $verified) = ($receipt.Changed, $receipt.Verified)
                "${node}: $Kind was applied; read back: $verified."
            }
        }

        $state = Get-ChecksumMitigation -Kind $Kind -JournalPath $JournalPath
        $samples = [ordered] @{
            asked = @($asked, '1 where the diagnosis asks for the mitigation.')
            changed = @($changed, '1 where the last look changed the node.')
            verified = @($verified, '1 where the change was read back.')
            applied = @($state.Applied, '1 where the mitigation is in effect.')
            drift = @([bool] $state.Drift, '1 where the mitigation was applied and is not as it was any more.')
            whatif = @(($Mode -eq 'WhatIf'), '1 where nothing is changed.')
        }
        $text = foreach ($name in $samples.Keys) {
            "# HELP vxlancsum_cure_$name $($samples[$name][1])"
            "# TYPE vxlancsum_cure_$name gauge"
            "vxlancsum_cure_$name{$labels} $([int] [bool] $samples[$name][0])"
        }
        $text += '# HELP vxlancsum_cure_timestamp_seconds When the node was looked at last.'
        $text += '# TYPE vxlancsum_cure_timestamp_seconds gauge'
        $text += "vxlancsum_cure_timestamp_seconds{$labels} $([System.DateTimeOffset]::UtcNow.ToUnixTimeSeconds())"
        [System.IO.File]::WriteAllText("$Folder/.vxlancsum-cure.tmp", ($text -join "`n") + "`n")
        [System.IO.File]::Move("$Folder/.vxlancsum-cure.tmp", "$Folder/vxlancsum-cure.prom", $true)
        [System.IO.File]::WriteAllText($Beat, [datetime]::UtcNow.ToString('o'))
    }
    catch {
        [System.Console]::Error.WriteLine($_)
    }

    [System.GC]::Collect()
    [System.Threading.Tasks.Task]::Delay([System.TimeSpan]::FromSeconds($Seconds)).Wait()
}
