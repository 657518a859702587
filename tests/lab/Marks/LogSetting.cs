namespace VxlanCsum.LabTests.Marks;

/// <summary>Has the kernel log from all network namespaces, or from the first one only, for as long as it
/// lives.</summary>
public sealed class LogSetting : IDisposable
{
    private const string Setting = "/proc/sys/net/netfilter/nf_log_all_netns";
    private readonly string _before;

    public LogSetting(string value = "1")
    {
        LabNamespace.Require();
        Assert.SkipUnless(File.Exists(Setting),
            "needs the machine's first network namespace, with netfilter: net.netfilter.nf_log_all_netns");
        _before = File.ReadAllText(Setting);
        try
        {
            File.WriteAllText(Setting, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"needs to set net.netfilter.nf_log_all_netns: {e.Message}");
        }
    }

    public void Dispose() => File.WriteAllText(Setting, _before);
}
