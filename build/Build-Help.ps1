#!/usr/bin/env pwsh
<#
.SYNOPSIS
    Builds en-US/, what Get-Help shows, from docs: VxlanCsum.dll-Help.xml from the pages in docs/cmdlets, about_*.help.txt from docs/about_*.md.
.PARAMETER OutputFolder
    Where to write it, if not to en-US.
.NOTES
    What Microsoft.PowerShell.PlatyPS 1.0 exports is put right before it is saved: an example's code goes to where Get-Help looks for
    code and loses its fences, paragraphs are paragraphs and not one text with line breaks of the page, filler characters (U+0080) and
    empty links go, defaults are kept. https://github.com/PowerShell/platyPS
#>
[CmdletBinding()]
param([string] $OutputFolder)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$root = Split-Path -Parent $PSScriptRoot
$target = $OutputFolder ? $OutputFolder : (Join-Path $root 'en-US')
$maml = 'http://schemas.microsoft.com/maml/2004/10'
$dev = 'http://schemas.microsoft.com/maml/dev/2004/10'

$platyPS = Get-Module -ListAvailable Microsoft.PowerShell.PlatyPS | Sort-Object Version -Descending | Select-Object -First 1
if (-not $platyPS) {
    throw 'Help is built with Microsoft.PowerShell.PlatyPS: Install-PSResource Microsoft.PowerShell.PlatyPS (or Install-Module), then run this again.'
}

Import-Module $platyPS

# A text as paragraphs and, verbatim, the fenced blocks between them.
function Split-Text([string] $Text) {
    $parts = [System.Collections.Generic.List[object]]::new()
    $lines = [System.Collections.Generic.List[string]]::new()
    $language = $null
    foreach ($line in @(($Text -replace "`u{80}", '') -split '\r?\n') + '') {
        $isFence = $line -match '^```(\w*)'
        if ($isFence -or ($null -eq $language -and $line.Trim() -eq '')) {
            if ($lines.Count -gt 0) {
                # Lines that go on are joined; items of lists begin anew.
                $joined = if ($null -eq $language) { ($lines -join "`n") -replace '\n(?!- |\d+\. |\|| {4})\s*', ' ' } else { $lines -join "`n" }
                $parts.Add([pscustomobject]@{ Language = $language; Text = $joined })
                $lines.Clear()
            }

            if ($isFence) {
                $language = $null -eq $language ? $Matches[1] : $null
            }
        } else {
            $lines.Add($line)
        }
    }

    $parts
}

function Set-Paragraph([System.Xml.XmlElement] $Parent, [object[]] $Part) {
    $Parent.RemoveAll()
    foreach ($item in $Part) {
        $paragraph = $Parent.AppendChild($Parent.OwnerDocument.CreateElement('maml', 'para', $maml))
        $paragraph.InnerText = $item.Text
    }
}

# Get-Help trims each paragraph and prints code right behind the last one of the introduction: so that one is the prompt, and what the
# code printed stands with the code, where nothing is trimmed.
function Update-Example([System.Xml.XmlElement] $Example, [string] $Text) {
    $parts = [System.Collections.Generic.List[object]]::new()
    foreach ($part in Split-Text $Text) {
        if ($part.Language -eq 'output') {
            $parts[$parts.Count - 1].Text += "`n`n$($part.Text)"
        } else {
            $parts.Add($part)
        }
    }

    $at = $parts.FindIndex({ $args[0].Language -eq 'powershell' })
    $Example.SelectSingleNode('dev:code', $names).InnerText = $parts[$at].Text
    $introduction = $parts.GetRange(0, $at)
    $introduction.Add([pscustomobject]@{ Text = 'PS>' })
    Set-Paragraph $Example.SelectSingleNode('maml:introduction', $names) $introduction
    $remarks = $parts.GetRange($at + 1, $parts.Count - $at - 1)
    $remarks | Where-Object Language -EQ powershell | ForEach-Object { $_.Text = "PS>$($_.Text)" }
    Set-Paragraph $Example.SelectSingleNode('dev:remarks', $names) $remarks
}

function Build-CommandHelp {
    $pages = Get-ChildItem (Join-Path $root 'docs/cmdlets/*-*.md') | Sort-Object Name
    foreach ($page in $pages) {
        $check = Test-MarkdownCommandHelp $page.FullName -DetailView
        if (-not $check.IsValid) {
            throw "$($page.Name) is not in platyPS's form:`n$($check.Messages -notmatch '^PASS' -join "`n")"
        }
    }

    $help = Import-MarkdownCommandHelp $pages.FullName
    $folder = Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid())
    try {
        $file = Export-MamlCommandHelp $help -OutputFolder $folder -Force
        $document = [xml]::new()
        $document.Load($file.FullName)
    } finally {
        Remove-Item $folder -Recurse -Force -ErrorAction Ignore
    }

    $names = [System.Xml.XmlNamespaceManager]::new($document.NameTable)
    $names.AddNamespace('command', 'http://schemas.microsoft.com/maml/dev/command/2004/10')
    $names.AddNamespace('maml', $maml)
    $names.AddNamespace('dev', $dev)
    foreach ($command in $help) {
        $examples = $document.SelectNodes("//command:command[command:details/command:name='$($command.Title)']//command:example", $names)
        for ($i = 0; $i -lt $examples.Count; $i++) {
            Update-Example $examples[$i] $command.Examples[$i].Remarks
        }
    }

    foreach ($text in @($document.SelectNodes('//maml:description[maml:para] | //maml:alert', $names))) {
        Set-Paragraph $text (Split-Text (($text.ChildNodes | ForEach-Object InnerText) -join "`n`n"))
    }

    foreach ($link in @($document.SelectNodes("//maml:navigationLink[maml:uri='']", $names))) {
        [void] $link.ParentNode.RemoveChild($link)
    }

    # Pages of this repository are no addresses to Get-Help -Online: it knows them by their names.
    foreach ($uri in $document.SelectNodes("//maml:navigationLink/maml:uri[not(contains(., '://'))]", $names)) {
        $uri.InnerText = ''
    }

    foreach ($command in $help) {
        foreach ($parameter in $command.Parameters | Where-Object DefaultValue) {
            $element = $document.SelectSingleNode("//command:command[command:details/command:name='$($command.Title)']/command:parameters/command:parameter[maml:name='$($parameter.Name)']", $names)
            $element.AppendChild($document.CreateElement('dev', 'defaultValue', $dev)).InnerText = $parameter.DefaultValue
        }
    }

    $settings = [System.Xml.XmlWriterSettings]@{ Indent = $true; NewLineChars = "`n"; Encoding = [System.Text.UTF8Encoding]::new($false) }
    $writer = [System.Xml.XmlWriter]::Create((Join-Path $target 'VxlanCsum.dll-Help.xml'), $settings)
    try {
        $document.Save($writer)
    } finally {
        $writer.Dispose()
    }
}

# Breaks a paragraph or an item of a list before column 80, as about_ topics are.
function Split-Line([string] $Text) {
    $hanging = $Text -match '^(- |\d+\. )' ? ' ' * $Matches[1].Length : ''
    $line = ''
    foreach ($word in $Text -split ' ') {
        if ($line.Trim() -and $line.Length + 1 + $word.Length -gt 75) {
            "    $line"
            $line = "$hanging$word"
        } else {
            $line = $line ? "$line $word" : $word
        }
    }

    "    $line"
}

# Headings stand at the margin in capitals, the rest is indented by four blanks.
function Build-Topic([System.IO.FileInfo] $Page) {
    $text = foreach ($part in Split-Text ((Get-Content $Page -Raw) -replace '\[([^\]]+)\]\(([^)\s]+)\)', '$1 $2' -replace '(?m)^(#+ .+)$', "`n`$1`n")) {
        if ($null -ne $part.Language -or $part.Text.StartsWith('|')) {
            $part.Text -split '\n' | ForEach-Object { "    $_".TrimEnd() }
        } elseif ($part.Text -match '^#+ (.+)') {
            $Matches[1].ToUpperInvariant()
        } else {
            $part.Text -split '\n' | ForEach-Object { Split-Line $_ }
        }

        ''
    }

    [System.IO.File]::WriteAllText((Join-Path $target "$($Page.BaseName).help.txt"), ($text -join "`n").Trim() + "`n")
}

New-Item -ItemType Directory -Force $target | Out-Null
Build-CommandHelp
Get-ChildItem (Join-Path $root 'docs/about_*.md') | ForEach-Object { Build-Topic $_ }
Get-ChildItem $target
