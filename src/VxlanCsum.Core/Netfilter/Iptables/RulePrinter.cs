using System.Buffers;
using System.Text;
using VxlanCsum.Text;

namespace VxlanCsum.Netfilter.Iptables;

/// <summary>Writes rules and tables as iptables-save does.</summary>
/// <remarks>
/// Options keep their order and their values their quotes, since each extension has its own habit of quoting; blanks
/// and the place of "!" are made canonical. So what iptables-save wrote comes out byte for byte.
/// </remarks>
internal static class RulePrinter
{
    /// <summary>"-A CHAIN ..." without counters, control characters escaped.</summary>
    public static string Text(RuleView view, string chain)
    {
        if (view.IsCanonical)
        {
            return Encoding.Latin1.GetString(view.Line[view.Command..]);
        }

        var output = new ArrayBufferWriter<byte>(256);
        Write(output, view, chain);
        return SafeText.Escape(Encoding.UTF8.GetString(output.WrittenSpan), int.MaxValue);
    }

    /// <summary>The table, from its comments to COMMIT.</summary>
    public static void Write(IBufferWriter<byte> output, NetfilterTable table)
    {
        foreach (string comment in table.Preamble)
        {
            Line(output, comment);
        }

        Line(output, "*" + table.Name);
        foreach (NetfilterChain chain in table.Chains.Where(
            static c => c.Declared || c.Policy is not null || c.Hook is null))
        {
            string policy = chain.Policy ?? (chain.Hook is null ? "-" : "ACCEPT");
            Line(output, $":{chain.Name} {policy} {Counters(chain.Packets, chain.Bytes)}");
        }

        foreach (IptablesRule rule in table.Chains.SelectMany(static c => c.Rules).Cast<IptablesRule>())
        {
            if (table.HasCounters)
            {
                Text(output, Counters(rule.Packets, rule.Bytes) + " ");
            }

            Write(output, RuleView.Of(rule), rule.Chain);
            Text(output, "\n");
        }

        Line(output, "COMMIT");
        foreach (string comment in table.Postamble)
        {
            Line(output, comment);
        }
    }

    private static string Counters(long? packets, long? bytes) => $"[{packets ?? 0}:{bytes ?? 0}]";

    private static void Write(IBufferWriter<byte> output, RuleView view, string chain)
    {
        Text(output, "-A ");
        Text(output, chain);
        ReadOnlySpan<byte> line = view.Line;
        foreach (OptionEntry option in view.Options)
        {
            if (option.Id == OptionId.Counters)
            {
                continue;
            }

            output.Write((option.Flags & OptionFlags.Negated) != 0 ? " ! "u8 : " "u8);
            output.Write(line[option.Name..option.Values]);
            var words = new RuleTokens(line, option);
            while (words.NextRaw(out ReadOnlySpan<byte> word))
            {
                output.Write(" "u8);
                output.Write(word);
            }
        }
    }

    private static void Line(IBufferWriter<byte> output, string text)
    {
        Text(output, text);
        Text(output, "\n");
    }

    private static void Text(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);
}
