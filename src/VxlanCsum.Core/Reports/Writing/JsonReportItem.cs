using System.Text.Json;

namespace VxlanCsum.Reports.Writing;

/// <summary>An item as JSON.</summary>
internal static class JsonReportItem
{
    public static string Name(Enum value) => Name(value.ToString());

    public static void Write(Utf8JsonWriter json, ReportItem item)
    {
        json.WriteStartObject();
        json.WriteString("kind", Name(item.Kind));
        json.WriteString("subject", item.Subject);
        Optional(json, "node", item.Node);
        json.WriteString("level", Name(item.Level));
        json.WriteString("verdict", item.Verdict);
        json.WriteString("explanation", item.Explanation);
        json.WriteString("advice", item.Advice);
        Commands(json, "commands", item.Commands);
        Commands(json, "checks", item.Checks);
        Optional(json, "from", item.From is { } from ? ReportText.Time(from) : null);
        Optional(json, "until", item.Until is { } until ? ReportText.Time(until) : null);
        if (item.Confidence is { } confidence)
        {
            json.WriteNumber("confidence", confidence);
        }

        if (item.Counts is { } counts)
        {
            Packets(json, counts);
        }

        Strings(json, "sources", item.Sources);
        json.WriteStartObject("facts");
        foreach (ReportFact fact in item.Facts)
        {
            json.WriteString(Name(fact.Name), fact.Value);
        }

        json.WriteEndObject();
        Evidence(json, item.Evidence);
        Timeline(json, item.Timeline);
        Walk(json, item.Walk);
        Change(json, item.Change);
        if (item.Parts.Count > 0)
        {
            json.WriteStartArray("parts");
            foreach (ReportItem part in item.Parts)
            {
                Write(json, part);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string Name(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    private static void Packets(Utf8JsonWriter json, ReportCounts counts)
    {
        json.WriteStartObject("packets");
        json.WriteNumber("all", counts.Packets);
        json.WriteNumber("right", counts.Right);
        json.WriteNumber("pending", counts.Pending);
        json.WriteNumber("unverified", counts.Unverified);
        json.WriteNumber("bad", counts.Bad);
        json.WriteEndObject();
    }

    private static void Commands(Utf8JsonWriter json, string name, IReadOnlyList<ReportCommand> commands)
    {
        json.WriteStartArray(name);
        foreach (ReportCommand command in commands)
        {
            json.WriteStartObject();
            json.WriteString("purpose", command.Purpose);
            json.WriteString("shell", command.IsShell ? "sh" : "powershell");
            json.WriteString("command", command.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Evidence(Utf8JsonWriter json, IReadOnlyList<ReportEvidence> evidence)
    {
        json.WriteStartArray("evidence");
        foreach (ReportEvidence fact in evidence)
        {
            json.WriteStartObject();
            json.WriteString("label", fact.Label);
            Optional(json, "place", fact.Place);
            Optional(json, "file", fact.File);
            if (fact.Frame is { } frame)
            {
                json.WriteNumber("frame", frame);
            }

            json.WriteString("text", fact.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Timeline(Utf8JsonWriter json, IReadOnlyList<ReportInterval> timeline)
    {
        if (timeline.Count == 0)
        {
            return;
        }

        json.WriteStartArray("timeline");
        foreach (ReportInterval interval in timeline)
        {
            json.WriteStartObject();
            json.WriteString("from", ReportText.TimeWithFraction(interval.From));
            json.WriteString("until", ReportText.TimeWithFraction(interval.Until));
            Packets(json, interval.Counts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Walk(Utf8JsonWriter json, ReportWalk? walk)
    {
        if (walk is null)
        {
            return;
        }

        json.WriteStartObject("walk");
        Optional(json, "offendingRule", walk.OffendingRule);
        Optional(json, "snatRule", walk.SnatRule);
        json.WriteStartArray("steps");
        foreach (ReportStep step in walk.Steps)
        {
            json.WriteStartObject();
            json.WriteString("pass", step.Pass);
            json.WriteString("hook", step.Hook);
            Optional(json, "table", step.Table);
            Optional(json, "chain", step.Chain);
            json.WriteNumber("depth", step.Depth);
            json.WriteNumber("branch", step.Branch);
            if (step.RuleNumber is { } number)
            {
                json.WriteNumber("ruleNumber", number);
            }

            Optional(json, "rule", step.Rule);
            json.WriteString("outcome", step.Outcome);
            json.WriteString("markBefore", step.MarkBefore);
            json.WriteString("markAfter", step.MarkAfter);
            json.WriteString("note", step.Note);
            json.WriteBoolean("offending", step.IsOffending);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Change(Utf8JsonWriter json, ReportChange? change)
    {
        if (change is null)
        {
            return;
        }

        json.WriteStartObject("change");
        json.WriteBoolean("changed", change.Changed);
        json.WriteBoolean("verified", change.Verified);
        Strings(json, "before", change.Before);
        Strings(json, "after", change.After);
        Strings(json, "commands", change.Commands);
        Strings(json, "verification", change.Verification);
        Optional(json, "undoCommand", change.UndoCommand);
        json.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
