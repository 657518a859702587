# Type data, nested in the module, so that they load after VxlanCsum.Once.psm1 has looked.
@{
    ModuleVersion  = '1.0'
    TypesToProcess = @('VxlanCsum.Types.ps1xml')
}
