using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Clusters;

/// <summary>The settings of Calico's felix that matter here; null is not set.</summary>
internal sealed record FelixSettings
{
    // As felix reads them.
    private static readonly HashSet<string> s_true =
        new(StringComparer.OrdinalIgnoreCase) { "true", "1", "yes", "y", "t" },
        s_false = new(StringComparer.OrdinalIgnoreCase) { "false", "0", "no", "n", "f" };

    /// <summary>Whether felix is told that checksum offload is broken, and so switches it off on its VXLAN device; or
    /// told that it is not.</summary>
    public bool? ChecksumOffloadBroken { get; init; }

    /// <summary>Whether services go through Calico's eBPF programs.</summary>
    public bool? Bpf { get; init; }

    public long? VxlanPort { get; init; }

    public bool? VxlanEnabled { get; init; }

    /// <summary>This where it is set, and what another says where not.</summary>
    public FelixSettings Over(FelixSettings other) => new()
    {
        ChecksumOffloadBroken = ChecksumOffloadBroken ?? other.ChecksumOffloadBroken,
        Bpf = Bpf ?? other.Bpf,
        VxlanPort = VxlanPort ?? other.VxlanPort,
        VxlanEnabled = VxlanEnabled ?? other.VxlanEnabled,
    };

    /// <summary>From a FelixConfiguration.</summary>
    public static FelixSettings FromResource(JsonElement item) => new()
    {
        ChecksumOffloadBroken = Override(item.Raw("spec", "featureDetectOverride")),
        Bpf = item.Flag("spec", "bpfEnabled"),
        VxlanPort = item.Number("spec", "vxlanPort"),
        VxlanEnabled = item.Flag("spec", "vxlanEnabled"),
    };

    /// <summary>From the environment variables of calico-node's container.</summary>
    public static FelixSettings FromEnvironment(JsonElement container)
    {
        FelixSettings settings = new();
        foreach (JsonElement variable in container.Objects("env"))
        {
            string value = variable.Raw("value") ?? string.Empty;
            settings = variable.Raw("name")?.ToUpperInvariant() switch
            {
                "FELIX_FEATUREDETECTOVERRIDE" => settings with { ChecksumOffloadBroken = Override(value) },
                "FELIX_BPFENABLED" => settings with { Bpf = Truth(value) },
                "FELIX_VXLANENABLED" => settings with { VxlanEnabled = Truth(value) },
                "FELIX_VXLANPORT" =>
                    settings with { VxlanPort = ushort.TryParse(value, out ushort port) ? port : null },
                _ => settings,
            };
        }

        return settings;
    }

    /// <summary>Of "SNATFullyRandom=false,ChecksumOffloadBroken=true" the second.</summary>
    private static bool? Override(string? list)
    {
        foreach (string pair in (list ?? string.Empty).Split(',', StringSplitOptions.TrimEntries))
        {
            if (pair.Split('=', StringSplitOptions.TrimEntries) is [{ } name, { } value]
                && name.Equals("ChecksumOffloadBroken", StringComparison.OrdinalIgnoreCase))
            {
                return Truth(value);
            }
        }

        return null;
    }

    private static bool? Truth(string value) => s_true.Contains(value) ? true : s_false.Contains(value) ? false : null;
}
