namespace VxlanCsum.Tickets;

/// <summary>Lines of one source that belong together.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="First">The first line, from 0.</param>
/// <param name="Last">The last one.</param>
/// <param name="Command">What printed them, where a prompt says so.</param>
internal sealed record TicketSection(TicketPieceKind Kind, int First, int Last, string? Command);
