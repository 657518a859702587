using System.Diagnostics;
using VxlanCsum.EngineTests.Hosting;
using YamlDotNet.RepresentationModel;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>What `kubectl kustomize` makes of a folder of deploy/kubernetes.</summary>
internal sealed class Kustomization
{
    private static readonly Lock s_lock = new();
    private static readonly Dictionary<string, string> s_rendered = [];

    private Kustomization(IReadOnlyList<YamlNode> documents) => Documents = documents;

    public IReadOnlyList<YamlNode> Documents { get; }

    /// <summary>Skips the test, with the reason, where kubectl is not installed.</summary>
    public static Kustomization Render(string folder)
    {
        lock (s_lock)
        {
            if (!s_rendered.TryGetValue(folder, out string? text))
            {
                s_rendered[folder] = text = Run(folder);
            }

            using StringReader reader = new(text);
            YamlStream yaml = [];
            yaml.Load(reader);
            return new Kustomization([.. yaml.Documents.Select(static d => d.RootNode)]);
        }
    }

    public YamlNode Single(string kind, string name) => Assert.Single(Documents, d =>
        KubeManifest.Text(d["kind"]) == kind
            && (KubeManifest.Text(d["metadata"]["name"]) == name
                || KubeManifest.Text(d["metadata"]["name"]).StartsWith(name + "-", StringComparison.Ordinal)));

    private static string Run(string folder)
    {
        ProcessStartInfo start = new("kubectl",
            ["kustomize", Repository.PathOf("deploy", "kubernetes", folder)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
            return text;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("needs kubectl: apt install kubernetes-client");
            throw;
        }
    }
}
