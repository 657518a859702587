# Dot-sourced in BeforeDiscovery: what this machine lets tests do. What cannot be done is skipped, and named in the test's heading.
$script:Live = $IsLinux -and (id -u) -eq 0 -and (Get-Command ip -CommandType Application -ErrorAction Ignore)
$script:LiveRules = $Live -and (Get-Command iptables-legacy-restore -CommandType Application -ErrorAction Ignore)
