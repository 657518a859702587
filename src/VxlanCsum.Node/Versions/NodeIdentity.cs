using System.Security.Cryptography;
using System.Text;

namespace VxlanCsum.Node.Versions;

/// <summary>Which machine this is.</summary>
internal static class NodeIdentity
{
    private const int Length = 16;

    /// <summary>
    /// The same for as long as the system is installed, and another on each machine; the machine-id cannot be told from
    /// it, which machine-id(5) asks for. Null where the system has none.
    /// </summary>
    public static string? Id { get; } = Read("/etc/machine-id") ?? Read("/var/lib/dbus/machine-id");

    private static string? Read(string path)
    {
        try
        {
            string id = File.ReadAllText(path).Trim();
            return id.Length == 0 ? null
                : Convert.ToHexString(HMACSHA256.HashData(Encoding.ASCII.GetBytes(id), "VxlanCsum"u8))[..Length];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
