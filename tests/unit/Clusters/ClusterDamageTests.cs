using System.Text;
using VxlanCsum.Advisories;
using VxlanCsum.Clusters;
using VxlanCsum.Diagnoses;
using Xunit;

namespace VxlanCsum.UnitTests.Clusters;

/// <summary>Damaged and hostile texts: whatever comes, it is read, or told as such.</summary>
public sealed class ClusterDamageTests
{
    private const int Rounds = 4000;

    private static readonly string[] s_pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1e999", "\"\\ud800\"", "\\ud800", "\\u0000", "\u001b[2J",
        "\"items\":[", "\"kind\":\"Node\",", "\"metadata\":{\"name\":\"x\"},",
        "\"spec\":", "\"status\":{\"nodeInfo\":", "\"\\ud800\":1,", "99999999999999999999", "\"deletionTimestamp\":",
        "\n",
    ];

    [Fact]
    public void Texts_that_were_changed_at_random_do_no_harm()
    {
        byte[] whole = Encoding.UTF8.GetBytes(ClusterTexts.List(
            ClusterTexts.NodeNamed("a"), ClusterTexts.KubeProxy("a", "v1.18.5"),
            ClusterTexts.Calico("a", "v3.20.0", """{"name":"FELIX_BPFENABLED","value":"0"}"""),
            ClusterTexts.Pool("p", "Always"), ClusterTexts.Felix("default", "\"vxlanPort\":8472"),
            ClusterTexts.ConfigMap("kube-proxy", "config.conf", "kind: KubeProxyConfiguration\nmode: ipvs\n"),
            ClusterTexts.ConfigMap("kube-flannel-cfg", "net-conf.json", """{"Backend":{"Type":"vxlan"}}""")));
        Random random = new(20261123);
        int read = 0, refused = 0;
        for (int i = 0; i < Rounds; i++)
        {
            List<byte> text = [.. whole];
            for (int changes = random.Next(1, 6); changes > 0; changes--)
            {
                int at = random.Next(text.Count);
                switch (random.Next(4))
                {
                    case 0:
                        text.RemoveRange(at, Math.Min(random.Next(1, 40), text.Count - at));
                        break;
                    case 1:
                        text[at] = (byte)random.Next(256);
                        break;
                    default:
                        text.InsertRange(at, Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)]));
                        break;
                }
            }

            try
            {
                Judge([.. text]);
                read++;
            }
            catch (KubeTextException error)
            {
                Assert.DoesNotContain(error.Message, char.IsControl);
                refused++;
            }
        }

        Assert.InRange(read, 100, Rounds);
        Assert.InRange(refused, 100, Rounds);
    }

    private static void Judge(byte[] text)
    {
        ClusterReading reading = new(static versions => AdvisoryCatalog.Advise(versions));
        List<ClusterNode> nodes = [];
        using KubeObjectParser parser = new((kind, item) =>
        {
            try
            {
                if (reading.Add(kind, item) is { } node)
                {
                    nodes.Add(node);
                }
            }
            catch (KubeTextException)
            {
                // As the cmdlet does: one bad object is not the end.
            }
        });
        parser.Write(text);
        parser.Complete();
        foreach (NodeRisk risk in nodes.Select(reading.Judge))
        {
            Assert.DoesNotContain(
                string.Join(' ',
                    [risk.Name, risk.Reason, risk.KubeProxyVersion, risk.CniVersion, risk.VxlanMode, .. risk.Notes]),
                    char.IsControl);
        }
    }
}
