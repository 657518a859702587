using System.Text.Json;
using VxlanCsum.Text;

namespace VxlanCsum.Clusters;

/// <summary>flannel's net-conf.json.</summary>
/// <param name="Backend">Such as "vxlan" or "host-gw"; null where it is not said.</param>
/// <param name="DirectRouting">Whether only other subnets are reached through the tunnel.</param>
internal sealed record FlannelSettings(string? Backend, bool DirectRouting)
{
    /// <returns>Null where the text is no such file.</returns>
    public static FlannelSettings? Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return new(document.RootElement.Text("Backend", "Type"),
                document.RootElement.Flag("Backend", "DirectRouting") ?? false);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
