using System.Text;
using VxlanCsum.Diagnoses;
using VxlanCsum.Diagnoses.Saving;
using VxlanCsum.Netfilter.Reading;

namespace VxlanCsum.UnitTests.Diagnoses;

/// <summary>What is written of a node that is not to be known, by a key that is always the same.</summary>
internal static class Anonymised
{
    public static NodeAnonymizer Node() => new([.. Enumerable.Range(0, 32).Select(static i => (byte)i)]);

    public static (byte[] Document, string[] Texts) Of(NodeEvidence evidence, IReadOnlyList<string> texts)
    {
        NodeAnonymizer node = Node();
        var printer = new RuleTextAnonymizer(node);
        string[] Print() => [.. texts.Select(t => Encoding.UTF8.GetString(printer.Print(
            new RuleText("test", NetfilterBackend.Unknown, null, Encoding.UTF8.GetBytes(t)))))];
        Print();
        node.IsLearning = false;
        byte[] document = EvidenceJson.Write(EvidenceDocument.Of(new EvidenceAnonymizer(node).Map(evidence), []));
        return (document, Print());
    }
}
