using VxlanCsum.Shell.Hosting;

namespace VxlanCsum.Shell.Session;

/// <summary>What stands above the first prompt: what this is, and what it is not.</summary>
internal static class Banner
{
    /// <summary>Writes it.</summary>
    public static void Show(ShellUserInterface userInterface)
    {
        userInterface.WriteLine($"VxlanCsum {ShellVersion.Own} in the PowerShell engine {ShellVersion.Engine}");
        userInterface.WriteLine("This is the engine with its core commands, not the whole of PowerShell: no Utility and no Management module");
        userInterface.WriteLine("(no Format-Table, Select-Object, ConvertTo-Json, Get-ChildItem...). Install pwsh for these.");
        userInterface.WriteLine("Get-Command -Module VxlanCsum lists the commands; exit leaves.");
    }
}
