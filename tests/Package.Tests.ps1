BeforeAll {
    . $PSScriptRoot/common.ps1

    # The package as given, or one of the checkout made by the packer that dotnet build left.
    $folder = if ($env:VXLANCSUM_MODULE) {
        Split-Path $Manifest
    }
    else {
        $packer = Get-ChildItem (Join-Path $Root build Packing bin) -Recurse -Filter VxlanCsum.Packing.dll | Sort-Object LastWriteTime | Select-Object -Last 1
        if (-not $packer) { throw "The packer is not built: run 'dotnet build' in $Root first." }
        $lines = dotnet $packer.FullName (Join-Path $TestDrive out)
        if ($LASTEXITCODE -ne 0) { throw "The packer ended with $LASTEXITCODE." }
        $lines[0]
    }
    $output = Split-Path (Split-Path $folder)
    $version = Split-Path -Leaf $folder

    # A pwsh of its own: what it loads, registers and caches is gone afterwards.
    function Invoke-Fresh([scriptblock] $Script, [object[]] $Arguments) {
        $fresh = @{
            XDG_DATA_HOME = Join-Path $TestDrive data
            XDG_CACHE_HOME = Join-Path $TestDrive cache
            POWERSHELL_TELEMETRY_OPTOUT = '1'
        }
        # A folder that is not there counts as none, and PSResourceGet would register in the current one.
        $null = New-Item -ItemType Directory -Force $fresh.XDG_DATA_HOME, $fresh.XDG_CACHE_HOME
        $before = @{}
        foreach ($name in $fresh.Keys) {
            $before[$name] = Get-Content "Env:$name" -ErrorAction Ignore
            Set-Item "Env:$name" $fresh[$name]
        }
        try {
            pwsh -NoProfile -NonInteractive -OutputFormat Text -Command $Script -args $Arguments
            $LASTEXITCODE | Should -Be 0
        }
        finally {
            # Set to nothing it would be there and empty, and PSResourceGet would register beside the checkout.
            foreach ($name in $before.Keys) {
                if ($null -eq $before[$name]) { Remove-Item "Env:$name" } else { Set-Item "Env:$name" $before[$name] }
            }
        }
    }
}

Describe 'The package' {
    It 'has a manifest without a complaint, that lists its files' {
        $module = Test-ModuleManifest (Join-Path $folder VxlanCsum.psd1) -ErrorAction Stop -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $module.FileList | Sort-Object | Should -Be ((Get-ChildItem $folder -Recurse -File).FullName | Sort-Object)
        $module.PrivateData.PSData.LicenseUri | Should -Match '^https:'
        $module.PrivateData.PSData.ProjectUri | Should -Match '^https:'
        $module.ReleaseNotes | Should -Match 'Test-VxlanChecksum'
    }

    It 'is found in a repository by its tags and installs from there' {
        if (-not (Get-Module -ListAvailable Microsoft.PowerShell.PSResourceGet)) {
            Set-ItResult -Skipped -Because 'this pwsh came without Microsoft.PowerShell.PSResourceGet'
        }

        $lines = Invoke-Fresh -Arguments $output, $version, (Get-Capture udpcsum-on-random.pcap), (Join-Path $TestDrive installed) {
            param($repository, $version, $capture, $target)
            $ErrorActionPreference = 'Stop'
            Register-PSResourceRepository -Name local -Uri $repository -Trusted
            # Tags that are the Gallery's own words, PSEdition_Core and its like, are hidden from PSResourceGet 1.2 on.
            $found = Find-PSResource -Tag Kubernetes -Repository local
            "$($found.Name) $($found.Version) $($found.Includes.Cmdlet.Count)"
            $found.Tags -contains 'Kubernetes'
            $null = New-Item -ItemType Directory $target
            Save-PSResource VxlanCsum -Repository local -Path $target
            Import-Module (Join-Path $target VxlanCsum $version VxlanCsum.psd1)
            (Get-Command -Module VxlanCsum).Count
            Test-VxlanChecksum $capture -Quiet
        }
        $count = (Import-PowerShellDataFile $Manifest).CmdletsToExport.Count
        $lines | Should -Be "VxlanCsum $version $count", 'True', "$count", 'False'
    }

    It 'works beside another PacketDotNet and another YamlDotNet that were there first' {
        $strangers = New-Item -ItemType Directory (Join-Path $TestDrive strangers)
        $lines = Invoke-Fresh -Arguments $folder, (Get-Capture udpcsum-on-random.pcap), $strangers.FullName {
            param($folder, $capture, $strangers)
            $ErrorActionPreference = 'Stop'
            foreach ($name in 'PacketDotNet', 'YamlDotNet') {
                Add-Type "[assembly: System.Reflection.AssemblyVersion(`"99.9.9.9`")] namespace $name { public class Packet { } }" -OutputAssembly "$strangers/$name.dll"
                $null = [System.Reflection.Assembly]::LoadFrom("$strangers/$name.dll")
            }
            Import-Module (Join-Path $folder VxlanCsum.psd1)
            $packet = (Read-PcapChecksum $capture -First 1 -IncludePacket).Packet
            $packet.GetType().FullName
            $packet -is [PacketDotNet.Packet]
            $packet.GetType().Assembly.Location
            [PacketDotNet.Packet].Assembly.GetName().Version.ToString()
        }
        $lines | Should -Be 'PacketDotNet.EthernetPacket', 'False', (Join-Path $folder bin node PacketDotNet.dll), '99.9.9.9'
    }

    It 'names whatever of others it holds in its notices' {
        $named = Select-String '^Files: +(.+)$' (Join-Path $folder THIRD-PARTY-NOTICES.txt) | ForEach-Object { $_.Matches[0].Groups[1].Value -split ', ' }
        $held = Get-ChildItem $folder -Recurse -Filter *.dll | Where-Object Name -NotLike 'VxlanCsum*' | ForEach-Object Name
        $named | Sort-Object | Should -Be ($held | Sort-Object)
    }
}
