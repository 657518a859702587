using System.Globalization;
using System.Text.Json.Serialization;

namespace VxlanCsum.Mitigations;

/// <summary>
/// One change of a node in facts: what it leads to, and what was there before. This is what a journal holds. Commands
/// are made from it anew each time: a journal says what is, not what is to be run.
/// </summary>
internal sealed record NodeChange
{
    private static readonly string[] s_tables = ["nat", "mangle", "raw"];
    private static readonly string[] s_chains = ["POSTROUTING", "PREROUTING", "OUTPUT", "KUBE-POSTROUTING"];

    public RuleChange? Rule { get; init; }
    public TableChange? Table { get; init; }
    public FeatureChange? Feature { get; init; }
    public RouteChange? Route { get; init; }
    public FileChange? File { get; init; }
    public UnitChange? Unit { get; init; }
    public SettingChange? Setting { get; init; }

    /// <summary>It is on the disk, or with another program, not in the kernel: no reboot takes it back.</summary>
    [JsonIgnore]
    public bool IsLasting => File is not null || Unit is not null || Setting is not null;

    /// <summary>The change that a step makes; null where it leaves nothing to take back.</summary>
    public static NodeChange? Of(MitigationStep step)
    {
        var change = new NodeChange
        {
            Rule = step.Rule,
            Table = step.Table,
            Feature = step.Feature,
            Route = step.Route,
            File = step.File,
            Unit = step.Unit,
            Setting = step.Setting,
        };
        return change.Count == 0 ? null : change;
    }

    /// <summary>What is wrong with it, where it is none that this module plans; null where all is well.</summary>
    public string? Problem() => Count != 1 ? "a change that is none, or several"
        : Rule is { } rule ? Problem(rule)
        : Table is { } table ? (IsOurs(table) ? null : "a table of another's")
        : Feature is { } feature ? (IsWhole(feature) ? null : "no features of a device")
        : Route is { } route ? (IsWhole(route) ? null : "no route")
        : File is { } file ? (IsOurs(file) ? null : "a file of another's")
        : Unit is { } unit ? (IsOurs(unit) ? null : "a unit of another's")
        : Setting!.Value is null ? "no value of a setting" : null;

    private static bool IsOurs(TableChange table) => IsName(table.Name)
        && table.Name.StartsWith("vxlancsum-watch-", StringComparison.Ordinal) && table.Family == "inet";

    private static bool IsWhole(FeatureChange feature) =>
        IsDevice(feature.Interface) && feature.Names is { Length: > 0 } names && names.All(IsName);

    private static bool IsWhole(RouteChange route) =>
        IsDevice(route.Device) && ServiceNetworks.TryParse(route.Destination ?? "") is not null
        && route.Former?.All(static f => f is { Length: >= 12 }) == true;

    private static bool IsOurs(FileChange file) => IsOurFile(file.Path)
        && file is
        {
            Content: not null,
            Former: null or { Content: null, LinkTarget: not null } or { Content: not null, LinkTarget: null }
        };

    private static bool IsOurs(UnitChange unit) => unit.Root is not null && (unit.Name is null
        || (!unit.Name.Contains('/', StringComparison.Ordinal) && IsOurFile("/" + unit.Name)));

    /// <summary>In words, for the question before it is taken back.</summary>
    public override string ToString() => Rule is { } rule ? Text(rule)
        : Table is { } table ? $"remove the table {table.Family} {table.Name}"
        : Feature is { } feature ? $"switch on {string.Join(", ", feature.Names)} of {feature.Interface}"
        : Route is { } route ? Text(route)
        : File is { } file ? $"{(file.Former is null ? "remove" : "restore")} {file.Path}"
        : Unit is { Name: { } unit } ? $"stop and disable {unit}"
        : Unit is not null ? "have systemd read its units again"
        : $"set featureDetectOverride to {Setting?.Former ?? "nothing"}";

    private int Count =>
        new object?[] { Rule, Table, Feature, Route, File, Unit, Setting }.Count(static c => c is not null);

    private static string Text(RuleChange rule) => string.Create(CultureInfo.InvariantCulture,
        $"{(rule.Removes ? "put back into" : "take out of")} {rule.Backend} {rule.Family} {rule.Table} {rule.Chain}: "
        + $"{CommandText.Join(rule.Words)}");

    private static string Text(RouteChange route) => $"remove the route {route.Destination} dev {route.Device}"
        + (route.Former.Length > 0 ? ", and put the former one back" : "");

    private static string? Problem(RuleChange rule)
    {
        if (!s_tables.Contains(rule.Table) || !s_chains.Contains(rule.Chain) || rule.Words is not { Length: > 1 } words
            || Array.Exists(words, static w => w is null))
        {
            return "no rule of a chain that is changed here";
        }

        if (rule.Former is { } former && (former.Rules is null || Array.Exists(former.Rules, static r => r is null)))
        {
            return "a chain without rules";
        }

        return (rule.Removes ? words is [.., "-j", "KUBE-POSTROUTING"] : HasOurComment(words)) ? null
            : "a rule of another's";
    }

    private static bool HasOurComment(string[] words) =>
        Array.IndexOf(words, "--comment") is >= 0 and int at && at + 1 < words.Length
        && words[at + 1].StartsWith("vxlancsum:", StringComparison.Ordinal);

    private static bool IsName(string? name) =>
        name is { Length: > 0 and < 128 }
            && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsDevice(string? name) =>
        name is { Length: > 0 and < 16 }
            && !name.Any(static c => c == '/' || char.IsWhiteSpace(c) || char.IsControl(c));

    private static bool IsOurFile(string? path) =>
        path is not null && path.StartsWith('/') && Path.GetFileName(path) is var name
        && (name.StartsWith("vxlancsum-", StringComparison.Ordinal)
            || name.StartsWith("90-vxlancsum-", StringComparison.Ordinal))
        && Path.GetExtension(name) is ".service" or ".timer" or ".rules";
}
