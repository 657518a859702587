namespace VxlanCsum.Marks;

/// <summary>A record of /dev/kmsg (Documentation/ABI/testing/dev-kmsg):
/// "level,sequence,microseconds,flags;message".</summary>
/// <param name="Facility">0 for the kernel's own; what programs write there has another.</param>
/// <param name="Message">The first line; what follows are properties.</param>
internal readonly record struct KernelLogRecord(int Facility, string Message)
{
    /// <summary>Null for what is no record.</summary>
    public static KernelLogRecord? Parse(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf(';'), comma = text.IndexOf(',');
        if (end < 0 || comma < 0 || comma > end
            || !int.TryParse(text[..comma], System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture, out int priority))
        {
            return null;
        }

        ReadOnlySpan<char> message = text[(end + 1)..];
        int line = message.IndexOf('\n');
        return new KernelLogRecord(priority >> 3, (line < 0 ? message : message[..line]).ToString());
    }
}
