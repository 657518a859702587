using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Clusters;

/// <summary>A Calico IPPool.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mode">Its vxlanMode; "Never" where it is not set.</param>
/// <param name="Disabled">Whether no new addresses are taken from it.</param>
/// <param name="NodeSelector">The nodes that take from it; null where all do.</param>
internal sealed record CalicoPool(string Name, string Mode, bool Disabled, string? NodeSelector)
{
    /// <returns>Null where it is shaped otherwise.</returns>
    public static CalicoPool? From(JsonElement item)
    {
        if (item.Text("metadata", "name") is not { } name || item.At("spec") is not { ValueKind: JsonValueKind.Object })
        {
            return null;
        }

        string? selector = item.Text("spec", "nodeSelector");
        return new CalicoPool(name, ModeOf(item.Raw("spec", "vxlanMode")), item.Flag("spec", "disabled") ?? false,
            selector is null or "all()" ? null : selector);
    }

    private static string ModeOf(string? told) => told switch
    {
        "Always" => "Always",
        "CrossSubnet" => "CrossSubnet",
        null or "" or "Never" => "Never",
        { } other => SafeText.Escape(other, 32),
    };
}
