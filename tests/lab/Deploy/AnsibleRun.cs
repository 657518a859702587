using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using VxlanCsum.EngineTests.Hosting;
using VxlanCsum.Netfilter.Rules;

namespace VxlanCsum.LabTests.Deploy;

/// <summary>Debian's ansible against this machine, with the module of deploy/ansible and the staged vxlancsum. The
/// folder takes what it writes.</summary>
public sealed partial record AnsibleRun(int ExitCode, string Output, string Errors)
{
    public const string Host = "node";

    /// <summary>What the module answered to a task of its own.</summary>
    public JsonElement Answer() =>
        JsonDocument.Parse(Output[Output.IndexOf('{', StringComparison.Ordinal)..]).RootElement;

    /// <summary>Tasks that changed something, as the recap of a playbook says.</summary>
    public int Changed() => int.Parse(ChangedOfRecap().Match(Output).Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>Runs the module alone.</summary>
    public static Task<AnsibleRun> ModuleAsync(string folder, object arguments, params string[] switches) =>
        RunAsync("ansible", folder,
            ["--one-line", "-m", "vxlan_checksum", "-a", JsonSerializer.Serialize(arguments), .. switches, Host]);

    /// <summary>Runs the playbook, with variables in the inventory, where people have them.</summary>
    public static Task<AnsibleRun> PlaybookAsync(string folder, Dictionary<string, object> variables,
        params string[] switches) =>
        RunAsync("ansible-playbook", folder, [.. switches, Repository.PathOf("deploy", "ansible", "site.yml")],
            variables);

    /// <summary>The module's documentation, as ansible-doc has it.</summary>
    public static async Task<JsonElement> DocumentationAsync(string folder)
    {
        AnsibleRun run = await RunAsync("ansible-doc", folder, ["--json", "vxlan_checksum"]);
        Assert.True(run.ExitCode == 0, run.ToString());
        return run.Answer();
    }

    /// <summary>Skips the test where there is no ansible.</summary>
    public static void Require()
    {
        LabNamespace.Require("ansible", "ansible-playbook");
        Assert.SkipUnless(File.Exists(ShellProcess.Executable), "needs bin/vxlancsum: dotnet build");
    }

    private static async Task<AnsibleRun> RunAsync(string program, string folder, string[] arguments,
        Dictionary<string, object>? variables = null)
    {
        Dictionary<string, object> host = new(variables ?? [])
        {
            ["ansible_connection"] = "local",
            ["ansible_become"] = false,
            ["ansible_python_interpreter"] = "auto_silent",
            ["ansible_vxlancsum_interpreter"] = ShellProcess.Executable,
        };
        string inventory = Path.Combine(folder, "inventory.json");
        await File.WriteAllTextAsync(inventory,
            JsonSerializer.Serialize(new { nodes = new { hosts = new Dictionary<string, object> { [Host] = host } } }));
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ANSIBLE_LIBRARY"] = Repository.PathOf("deploy", "ansible", "library");
        start.Environment["ANSIBLE_LOCAL_TEMP"] = start.Environment["ANSIBLE_REMOTE_TEMP"] = Path.Combine(folder,
            "ansible");
        start.Environment["ANSIBLE_HOME"] = Path.Combine(folder, "ansible-home");
        start.Environment["ANSIBLE_INVENTORY"] = inventory;
        start.Environment["ANSIBLE_NOCOLOR"] = "1";
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        ShellResult result = await ShellProcess.FinishAsync(process);
        return new AnsibleRun(result.ExitCode, result.Output, result.Errors);
    }

    [GeneratedRegex(@"changed=(\d+)")]
    private static partial Regex ChangedOfRecap();
}
