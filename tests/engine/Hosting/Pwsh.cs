using System.Reflection;
using System.Runtime.InteropServices;

namespace VxlanCsum.EngineTests.Hosting;

/// <summary>
/// Microsoft's own pwsh. The build restores it: it is the .NET tool of .config/dotnet-tools.json, and a package like
/// others.
/// </summary>
public static class Pwsh
{
    /// <summary>The dotnet that runs this process; it need not be on PATH.</summary>
    private static readonly string s_dotnet = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    /// <summary>What starts it; its own arguments follow.</summary>
    public static string[] Command { get; } = [s_dotnet, Metadata("Pwsh")];

    /// <summary>Where the build put something that it brought.</summary>
    public static string Metadata(string name) =>
        typeof(Pwsh).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == name).Value!;

    /// <summary>Puts a program "pwsh" into a folder, for scripts that start it by name.</summary>
    public static void WriteProgram(string folder)
    {
        string program = Path.Combine(folder, "pwsh");
        File.WriteAllText(program, $"#!/bin/sh\nexec '{Command[0]}' '{Command[1]}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Has a process write to this folder what pwsh keeps at home, tell nobody, and find no other's
    /// modules.</summary>
    public static void Isolate(IDictionary<string, string?> environment, string folder)
    {
        environment["XDG_CACHE_HOME"] = environment["XDG_CONFIG_HOME"] = environment["XDG_DATA_HOME"] = folder;
        environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        environment["POWERSHELL_UPDATECHECK"] = "Off";
        environment.Remove("PSModulePath");
    }
}
