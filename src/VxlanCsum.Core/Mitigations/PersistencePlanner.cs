using System.Text;

namespace VxlanCsum.Mitigations;

/// <summary>What applies a mitigation again after a reboot, and when the network plugin makes its device
/// anew.</summary>
internal static class PersistencePlanner
{
    private const string Header =
        "# Written by Invoke-ChecksumMitigation -Persist; Undo-ChecksumMitigation removes it.";

    /// <summary>Of a unit or a rule of udev: nothing in it is secret.</summary>
    private const uint Readable = 0b110_100_100;

    /// <summary>Why a kind cannot be persisted; null where it can.</summary>
    public static string? Obstacle(MitigationKind kind, PersistenceFacts facts) => kind switch
    {
        MitigationKind.AcceptTunnelPort or MitigationKind.AcceptOnInterface =>
            "after a reboot kube-proxy puts its jump before the rule; UnmarkTunnel and NoTrackTunnel can be persisted",
        MitigationKind.PrependMasquerade or MitigationKind.RemovePostroutingJump =>
            "kube-proxy writes its rules anew all the time; UnmarkTunnel and NoTrackTunnel can be persisted",
        MitigationKind.FelixChecksumOverride => "the cluster keeps it by itself",
        MitigationKind.DisableTxChecksum or MitigationKind.DisableRxTxOffload
            or MitigationKind.DisableTunnelSegmentation when !facts.HasSystemd && !facts.HasUdev =>
            "there is neither systemd nor udev here",
        MitigationKind.UnmarkTunnel or MitigationKind.NoTrackTunnel or MitigationKind.AddServiceRoute
            when !facts.HasSystemd => "there is no systemd here",
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

        foreach (IGrouping<string, MitigationStep> device in steps.Where(static s => s.Feature is not null)
            .GroupBy(static s => s.Feature!.Interface))
        {
            planned.AddRange(facts.HasSystemd ? Unit(facts, plan.Kind, device.Key, [.. device])
                : Udev(facts, plan.Kind, device.Key, device.First()));
        }

        foreach (IGrouping<string, MitigationStep> device in steps.Where(static s => s.Route is not null)
            .GroupBy(static s => s.Route!.Device))
        {
            planned.AddRange(Timer(facts, plan.Kind, device.Key, [.. device]));
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
            text.Append(char.IsAsciiLetterOrDigit(c) || c is ':' or '_' || (c == '.' && text.Length > 0) ? c
                : $"\\x{b:x2}");
        }

        return text.ToString();
    }

    private static IEnumerable<PlannedStep> Unit(PersistenceFacts facts, MitigationKind kind, string? device,
        MitigationStep[] steps)
    {
        string name = $"vxlancsum-{kind}{(device is null ? "" : "-" + EscapeUnit(device))}.service";
        string? deviceUnit = device is null ? null : $"sys-subsystem-net-devices-{EscapeUnit(device)}.device";
        var text = new StringBuilder(Header).Append("\n[Unit]\n").Append($"Description=VxlanCsum mitigation {kind}\n");
        text.Append(deviceUnit is null ? "Wants=network-pre.target\nAfter=network-pre.target\n"
            : $"BindsTo={deviceUnit}\nAfter={deviceUnit}\n");
        text.Append("\n[Service]\nType=oneshot\nRemainAfterExit=yes\n");
        foreach (MitigationStep step in steps)
        {
            // Taken out first, so that starting it again does not put the rule in twice.
            if (step.Rule is not null)
            {
                text.Append($"ExecStartPre=-{Exec(facts, step.Inverse)}\n");
            }

            text.Append($"ExecStart={Exec(facts, step.Command)}\n");
        }

        // Stopped, it is not in effect: what systemctl says of it is true.
        foreach (MitigationStep step in steps.AsEnumerable().Reverse())
        {
            text.Append($"ExecStop=-{Exec(facts, step.Inverse)}\n");
        }

        text.Append($"\n[Install]\nWantedBy={deviceUnit ?? "multi-user.target"}\n");
        return Enabled(facts, name, [(name, text.ToString())]);
    }

    /// <summary>
    /// A route goes when its device goes down, and comes back neither when that is up again nor when it is made anew,
    /// and no unit is told. So it is put where it belongs every few seconds; where it is already, nothing happens.
    /// </summary>
    private static IEnumerable<PlannedStep> Timer(PersistenceFacts facts, MitigationKind kind, string device,
        MitigationStep[] steps)
    {
        string name = $"vxlancsum-{kind}-{EscapeUnit(device)}";
        var text = new StringBuilder(Header).Append("\n[Unit]\n").Append($"Description=VxlanCsum mitigation {kind}\n")
            .Append($"ConditionPathExists=/sys/class/net/{device.Replace("%", "%%", StringComparison.Ordinal)}\n\n")
            .Append("[Service]\nType=oneshot\nLogLevelMax=notice\n");
        foreach (MitigationStep step in steps)
        {
            text.Append($"ExecStart={Exec(facts, [.. step.Command.Select(static w => w == "add" ? "replace" : w)])}\n");
        }

        string timer =
            $"{Header}\n[Unit]\nDescription=VxlanCsum mitigation {kind}, again and "
            + $"again\n\n[Timer]\nOnCalendar=*:*:0/10\nAccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n";
        return Enabled(facts, name + ".timer", [(name + ".service", text.ToString()), (name + ".timer", timer)]);
    }

    /// <summary>Writes unit files and has the one that is named started, now and after each reboot.</summary>
    private static IEnumerable<PlannedStep> Enabled(PersistenceFacts facts, string name,
        (string Name, string Text)[] units)
    {
        PlannedStep[] files = [.. units.Select(u => File(facts, "/etc/systemd/system/" + u.Name, u.Text))];
        var unit = new UnitChange(name, facts.Root);
        bool inEffect = files.All(static f => f.InEffect) && facts.IsEnabled(unit);
        string[] systemctl = facts.IsRunningSystem ? ["systemctl"] : ["systemctl", $"--root={facts.Root}"];
        string[] now = facts.IsRunningSystem ? ["--now"] : [];
        if (facts.IsRunningSystem)
        {
            // Its use is when it is taken back, after the files are gone.
            yield return Service("have systemd read its units again", [.. systemctl, "daemon-reload"],
                [.. systemctl, "daemon-reload"], new UnitChange(null, facts.Root), inEffect);
        }

        foreach (PlannedStep file in files)
        {
            yield return file;
        }

        yield return Service($"have systemd start {name}", [.. systemctl, "enable", .. now, name],
            [.. systemctl, "disable", .. now, name], unit, inEffect);
    }

    private static IEnumerable<PlannedStep> Udev(PersistenceFacts facts, MitigationKind kind, string device,
        MitigationStep step)
    {
        string pattern = new(
            [.. device.SelectMany(static c => c is '*' or '?' or '[' or '|' or '\\' or '"' ? $"[{c}]" : c.ToString())]);
        string command = string.Join(' ',
            Absolute(facts, step.Command).Select(
                static w => w.All(
                    static c => char.IsAsciiLetterOrDigit(c) || "-_./".Contains(c, StringComparison.Ordinal)) ? w
                    : $"'{w}'"));
        PlannedStep file = File(facts,
            $"/etc/udev/rules.d/90-vxlancsum-{kind}-{EscapeUnit(device).Replace('\\', '_')}.rules",
            $"{Header}\nSUBSYSTEM==\"net\", ACTION==\"add|change|move\", ENV{{INTERFACE}}==\"{pattern}\", "
            + $"RUN+=\"{command.Replace("%", "%%", StringComparison.Ordinal)}\"\n");

        // udev looks at the times of its folders itself: it reads new rules without being told.
        return [file];
    }

    private static PlannedStep File(PersistenceFacts facts, string path, string text)
    {
        string full = facts.Root + path;
        byte[] content = Encoding.UTF8.GetBytes(text);
        FileState? former = facts.Read(full);
        bool inEffect = former is { Content: { } bytes } && bytes.AsSpan().SequenceEqual(content);
        string[] install = ["install", "-m", "644", "/dev/stdin", full];
        return new PlannedStep(
            new MitigationStep
            {
                Type = MitigationStepType.File,
                Description = $"write {full}",
                Command = install,
                Inverse = former is null || inEffect ? ["rm", full] : install,
                File = new FileChange(full, content, Readable),
            },
            inEffect, former is null ? $"{full}: no such file" : $"{full}: {former.Content?.Length ?? 0} bytes",
            $"{full}: written");
    }

    private static PlannedStep Service(string what, string[] command, string[] inverse, UnitChange unit,
        bool inEffect) => new(
        new MitigationStep
        {
            Type = MitigationStepType.Service,
            Description = what,
            Command = command,
            Inverse = inverse,
            Unit = unit
        }, inEffect, what, what);

    private static string[] Absolute(PersistenceFacts facts, string[] command) =>
        [facts.Resolve(command[0]), .. command[1..]];

    // systemd.service(5): words in double quotes with C's escapes; % and $ doubled.
    private static string Exec(PersistenceFacts facts, string[] command) =>
        string.Join(' ', Absolute(facts, command).Select(static w =>
    {
        string plain = w.Replace("%", "%%", StringComparison.Ordinal).Replace("$", "$$", StringComparison.Ordinal);
        return plain.All(
            static c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+@%!".Contains(c, StringComparison.Ordinal))
            ? plain
            : $"\"{plain.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"",
                StringComparison.Ordinal)}\"";
    }));
}
