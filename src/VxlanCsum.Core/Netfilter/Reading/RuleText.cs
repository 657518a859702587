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
            reader.Read(new MemoryStream(text.Text.ToArray(), writable: false), text.Program, text.Backend,
                text.Family);
        }

        return reader.Build().AsWholeNode();
    }
}
