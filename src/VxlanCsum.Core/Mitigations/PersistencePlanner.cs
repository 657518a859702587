using System.Text;

namespace VxlanCsum.Mitigations;

/// <summary>What applies a mitigation again after a reboot, and when the network plugin makes its device anew.</summary>
internal static class PersistencePlanner
{
    private const string Header = "# Written by Invoke-ChecksumMitigation -Persist; Undo-ChecksumMitigation removes it.";

    /// <summary>Why a kind cannot be persisted; null where it can.</summary>
    public static string? Obstacle(MitigationKind kind, PersistenceFacts facts) => kind switch
    {
        MitigationKind.AcceptTunnelPort or MitigationKind.AcceptOnInterface =>
            "after a reboot kube-proxy puts its jump before the rule; UnmarkTunnel and NoTrackTunnel can be persisted",
        MitigationKind.PrependMasquerade or MitigationKind.RemovePostroutingJump =>
            "kube-proxy writes its rules anew all the time; UnmarkTunnel and NoTrackTunnel can be persisted",
        MitigationKind.FelixChecksumOverride => "the cluster keeps it by itself",
        MitigationKind.DisableTxChecksum or MitigationKind.DisableRxTxOffload or MitigationKind.DisableTunnelSegmentation when !facts.HasSystemd && !facts.HasUdev && !facts.HasNetworkManager =>
            "there is neither systemd nor udev nor NetworkManager here",
        MitigationKind.UnmarkTunnel or MitigationKind.NoTrackTunnel or MitigationKind.AddServiceRoute when !facts.HasSystemd => "there is no systemd here",
        _ => null,
    };

    /// <summary>The files and what announces them, in the order in which they are written.</summary>
    public static IReadOnlyList<PlannedStep> Plan(MitigationPlan plan, PersistenceFacts facts)
    {
        MitigationStep[] steps = [.. plan.All.Select(static s => s.Step)];
        var planned = new List<PlannedStep>();
        MitigationStep[] rules = [.. steps.Where(static s => s.Rule is not null)];
        if (rules.Length > 0)
        {
            planned.AddRange(Unit(facts, plan.Kind, null, rules));
        }

        foreach (IGrouping<string, MitigationStep> device in steps.Where(static s => s.Feature is not null || s.Route is not null).GroupBy(static s => s.Feature?.Interface ?? s.Route!.Device))
        {
            planned.AddRange(facts switch
            {
                { HasSystemd: true } => Unit(facts, plan.Kind, device.Key, [.. device]),
                { HasUdev: true } => Udev(facts, plan.Kind, device.Key, device.First()),
                _ => [Dispatcher(facts, plan.Kind, device.Key, device.First())],
            });
        }

        return planned;
    }

    /// <summary>A name as systemd escapes it in the name of a unit (systemd-escape).</summary>
    public static string EscapeUnit(string name)
    {
        var text = new StringBuilder();
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            char c = (char)b;
            text.Append(char.IsAsciiLetterOrDigit(c) || c is ':' or '_' || (c == '.' && text.Length > 0) ? c : $"\\x{b:x2}");
        }

        return text.ToString();
    }

    private static IEnumerable<PlannedStep> Unit(PersistenceFacts facts, MitigationKind kind, string? device, MitigationStep[] steps)
    {
        string name = $"vxlancsum-{kind}{(device is null ? "" : "-" + EscapeUnit(device))}.service";
        string? deviceUnit = device is null ? null : $"sys-subsystem-net-devices-{EscapeUnit(device)}.device";
        var text = new StringBuilder(Header).Append("\n[Unit]\n").Append($"Description=VxlanCsum mitigation {kind}\n");
        text.Append(deviceUnit is null ? "Wants=network-pre.target\nAfter=network-pre.target\n" : $"BindsTo={deviceUnit}\nAfter={deviceUnit}\n");
        text.Append("\n[Service]\nType=oneshot\nRemainAfterExit=yes\n");
        foreach (MitigationStep step in steps)
        {
            // Taken out first, so that starting it again does not put the rule in twice.
            if (step.Rule is not null)
            {
                text.Append($"ExecStartPre=-{Exec(facts, step.Inverse)}\n");
            }

            string[] command = step.Route is null ? step.Command : [.. step.Command.Select(static w => w == "add" ? "replace" : w)];
            text.Append($"ExecStart={Exec(facts, command)}\n");
        }

        text.Append($"\n[Install]\nWantedBy={deviceUnit ?? "multi-user.target"}\n");
        PlannedStep file = File(facts, "/etc/systemd/system/" + name, text.ToString(), false);
        string[] systemctl = facts.IsRunningSystem ? ["systemctl"] : ["systemctl", $"--root={facts.Root}"];
        if (facts.IsRunningSystem)
        {
            // Its use is when it is taken back, after the file is gone.
            yield return Service("have systemd read its units again", [.. systemctl, "daemon-reload"], [.. systemctl, "daemon-reload"], file.InEffect);
        }

        yield return file;
        yield return Service($"have systemd start {name}", [.. systemctl, "enable", name], [.. systemctl, "disable", name], file.InEffect);
    }

    private static IEnumerable<PlannedStep> Udev(PersistenceFacts facts, MitigationKind kind, string device, MitigationStep step)
    {
        string pattern = new([.. device.SelectMany(static c => c is '*' or '?' or '[' or '|' or '\\' or '"' ? $"[{c}]" : c.ToString())]);
        string command = string.Join(' ', Absolute(facts, step.Command).Select(static w => w.All(static c => char.IsAsciiLetterOrDigit(c) || "-_./".Contains(c, StringComparison.Ordinal)) ? w : $"'{w}'"));
        PlannedStep file = File(facts, $"/etc/udev/rules.d/90-vxlancsum-{kind}-{EscapeUnit(device).Replace('\\', '_')}.rules",
            $"{Header}\nSUBSYSTEM==\"net\", ACTION==\"add|change|move\", ENV{{INTERFACE}}==\"{pattern}\", RUN+=\"{command.Replace("%", "%%", StringComparison.Ordinal)}\"\n", false);
        if (facts.IsRunningSystem)
        {
            string[] reload = ["udevadm", "control", "--reload"];
            yield return Service("have udev read its rules again", reload, reload, file.InEffect);
        }

        yield return file;
    }

    private static PlannedStep Dispatcher(PersistenceFacts facts, MitigationKind kind, string device, MitigationStep step) =>
        File(facts, $"/etc/NetworkManager/dispatcher.d/99-vxlancsum-{kind}-{EscapeUnit(device).Replace('\\', '_')}",
            $"#!/bin/sh\n{Header}\n[ \"$1\" = {CommandText.Join([device])} ] || exit 0\ncase \"$2\" in\n    up|pre-up) exec {CommandText.Join(Absolute(facts, step.Command))} ;;\nesac\n", true);

    private static PlannedStep File(PersistenceFacts facts, string path, string content, bool executable)
    {
        string full = facts.Root + path;
        string? former = facts.Read(full);
        bool inEffect = former == content;
        return new PlannedStep(
            new MitigationStep
            {
                Type = MitigationStepType.File,
                Description = $"write {full}",
                Command = ["install", "-m", executable ? "755" : "644", "/dev/stdin", full],
                Inverse = former is null || inEffect ? ["rm", full] : ["install", "-m", executable ? "755" : "644", "/dev/stdin", full],
                File = new FileChange(full, content, executable, inEffect ? null : former),
            },
            inEffect, former is null ? $"{full}: no such file" : $"{full}: {former.Length} characters", $"{full}: written");
    }

    private static PlannedStep Service(string what, string[] command, string[] inverse, bool inEffect) => new(
        new MitigationStep { Type = MitigationStepType.Service, Description = what, Command = command, Inverse = inverse }, inEffect, what, what);

    private static string[] Absolute(PersistenceFacts facts, string[] command) => [facts.Resolve(command[0]), .. command[1..]];

    // systemd.service(5): words in double quotes with C's escapes; % and $ doubled.
    private static string Exec(PersistenceFacts facts, string[] command) => string.Join(' ', Absolute(facts, command).Select(static w =>
    {
        string plain = w.Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
        return plain.All(static c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+@%!".Contains(c, StringComparison.Ordinal))
            ? plain
            : $"\"{plain.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }));
}
