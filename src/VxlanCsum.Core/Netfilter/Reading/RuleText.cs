using System.Runtime.InteropServices;

namespace VxlanCsum.Netfilter.Reading;

/// <summary>Rules as a program printed them.</summary>
/// <param name="Program">Its name.</param>
/// <param name="Backend">The engine that it showed; Unknown where the text says.</param>
/// <param name="Family">The family that it showed; null where the text says.</param>
/// <param name="Text">What it printed.</param>
internal sealed record RuleText(string Program, NetfilterBackend Backend, NetfilterFamily? Family,
    ReadOnlyMemory<byte> Text)
{
    /// <summary>Puts rules together again from all that was printed of them.</summary>
    public static NetfilterRuleset Read(IEnumerable<RuleText> texts)
    {
        var reader = new RulesetReader();
        foreach (RuleText text in texts)
        {
            ArraySegment<byte> bytes = MemoryMarshal.TryGetArray(text.Text, out ArraySegment<byte> held) ? held
                : text.Text.ToArray();
            reader.Read(new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false), text.Program,
                text.Backend, text.Family);
        }

        return reader.Build().AsWholeNode();
    }
}
