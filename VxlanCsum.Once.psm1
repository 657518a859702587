# A session holds one copy of the module: the types of two would collide in some forty errors, and .NET loads no second VxlanCsum.dll.
# The manifest names this before all else that it loads. An error of a .psm1 is shown without the place in it: one line.
# What is said is a block of its own: it is compiled only where it is needed, and every import waits for what is compiled here.
if (Get-Module VxlanCsum) {
    & {
        $other = Get-Module VxlanCsum
        $message = "VxlanCsum is already imported from $($other[0].ModuleBase). A session holds one copy of it: for the one in $PSScriptRoot start a new session."
        throw [System.Management.Automation.ErrorRecord]::new([System.InvalidOperationException]::new($message), 'ModuleCopyAlreadyImported', 'ResourceExists', $PSScriptRoot)
    }
}
