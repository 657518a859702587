using System.Runtime.InteropServices;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Templates;

namespace VxlanCsum.Causes;

/// <summary>The right packets of a stretch of a capture that may heal a flow, in order: of each flow and sender the first
/// that was right, and the first after each that was not.</summary>
internal sealed class RightNotes
{
    private readonly List<Note> _notes = [];

    /// <summary>Those that are no common frames.</summary>
    private readonly List<RightPacket> _others = [];

    public int Count => _notes.Count;

    public void Clear()
    {
        _notes.Clear();
        _others.Clear();
    }

    /// <summary>Notes a common frame.</summary>
    /// <param name="frame">It.</param>
    /// <param name="plain">It, too.</param>
    /// <param name="hash">Of its flow.</param>
    public void Add(in CapturedFrame frame, PlainFrame plain, int hash) =>
        _notes.Add(new Note(in frame, plain) { Hash = hash });

    /// <summary>Notes any other packet.</summary>
    public void Add(in Observation seen)
    {
        _notes.Add(new Note(_others.Count) { Hash = seen.Flow.GetHashCode(), Frame = seen.FrameNumber });
        _others.Add(RightPacket.Of(in seen));
    }

    /// <summary>Heals flows by the notes that come before a frame.</summary>
    /// <param name="flows">Those with a bad packet before.</param>
    /// <param name="next">The first note that is not used yet; moves on.</param>
    /// <param name="before">The frame, as the stretch numbers it.</param>
    /// <param name="framesBefore">Frames before the one that the stretch numbers 1.</param>
    public void Heal(BrokenFlows flows, ref int next, long before, long framesBefore)
    {
        ReadOnlySpan<Note> notes = CollectionsMarshal.AsSpan(_notes);
        for (; next < notes.Length && notes[next].Frame < before; next++)
        {
            if (flows.MayHold(notes[next].Hash))
            {
                RightPacket packet = notes[next].Whole(_others);
                flows.Heal(packet with { Frame = packet.Frame + framesBefore });
            }
        }
    }

    /// <summary>One of them in a few bytes: where there are very many flows, each packet is noted.</summary>
    private readonly struct Note
    {
        private readonly ulong _hosts;
        private readonly long _time;
        private readonly uint _ports, _source;
        private readonly ushort _sourcePort;
        private readonly FrameShape _shape;

        public unsafe Note(in CapturedFrame frame, PlainFrame plain)
        {
            (_hosts, _ports, _shape) = (plain.Hosts, plain.Ports, plain.Shape);
            (_source, _sourcePort) = (PlainFrame.Source(frame.Data), plain.SourcePort(frame.Data));
            (Frame, _time) = (frame.Number, frame.TimestampNanoseconds);
        }

        /// <param name="index">Its place among those that are no common frames.</param>
        public Note(int index) => _hosts = (ulong)index;

        /// <summary>Of its flow.</summary>
        public int Hash { get; init; }
        public long Frame { get; init; }

        public RightPacket Whole(List<RightPacket> others) => _shape == FrameShape.Any
            ? others[(int)_hosts]
            : new RightPacket(PlainFrame.FlowOf(_hosts, _ports, _shape), HostId.From(_source), _sourcePort, Frame,
                _time);
    }
}
