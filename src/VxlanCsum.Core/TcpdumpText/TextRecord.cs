namespace VxlanCsum.TcpdumpText;

/// <summary>The lines of one packet, put together.</summary>
/// <param name="FirstLine">Number of its first line.</param>
/// <param name="Text">Its lines, trimmed, with a line feed between them; no hexadecimal dump.</param>
internal sealed record TextRecord(long FirstLine, string Text);

/// <summary>Lines that are no tcpdump output, or a packet that cannot be read.</summary>
/// <param name="FirstLine">Number of the first of them.</param>
/// <param name="LastLine">Number of the last.</param>
/// <param name="Message">What is wrong, and the text; safe to show.</param>
internal sealed record UnreadableText(long FirstLine, long LastLine, string Message);
