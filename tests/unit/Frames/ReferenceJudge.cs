using VxlanCsum.Clusters;

namespace VxlanCsum.UnitTests.Frames;

/// <summary>
/// Verdicts by the plainest means: words added one by one, and unfinished checksums really completed in a copy of
/// the frame. Bytes that were not captured are made up, twice and differently: what comes out the same both times
/// did not depend on them. Shares no code with the product.
/// </summary>
internal sealed class ReferenceJudge
{
    private readonly byte[] _frame;
    private readonly byte[][] _original;

    /// <summary>The original frames with what is unfinished completed, from inside out.</summary>
    private readonly byte[][] _completed;
    private bool _pending;

    private ReferenceJudge(byte[] frame, int wire)
    {
        _frame = frame;
        _original = [Extend(frame, wire, 1), Extend(frame, wire, 2)];
        _completed = [[.. _original[0]], [.. _original[1]]];
    }

    public static List<ReferenceLayer> Judge(byte[] frame, int wire, IReadOnlyList<Coverage> coverages)
    {
        ReferenceJudge judge = new(frame, Math.Max(wire, frame.Length));
        List<ReferenceLayer> layers = [.. coverages.Reverse().Select(judge.Judge)];
        layers.Reverse();
        return layers;
    }

    private ReferenceLayer Judge(Coverage c)
    {
        bool visible = c.Field + c.FieldSize <= _frame.Length;
        uint? found = visible ? ReferenceSum.Number(_frame, c.Field, c.FieldSize) : null;
        if (!visible || (c.Hopeless && !(found == 0 && c.Zero is not null)))
        {
            Forget(c);
            return new(c.Protocol, c.Field, ChecksumStatus.Unverified, found, null, null);
        }

        bool whole = c.End <= _frame.Length && !c.Hopeless;
        uint? expected = whole ? ReferenceSum.Right(c, _original[0]) : null;
        if (found == 0 && c.Zero is { } zero)
        {
            if (c.Hopeless)
            {
                Forget(c);
            }

            return new(c.Protocol, c.Field, zero, found, null, null);
        }

        if (c.Protocol == ChecksumProtocol.Sctp)
        {
            ChecksumStatus sctp = !whole ? ChecksumStatus.Unverified
                : found == expected || (found != 0 && found == ReferenceSum.Adler32(c, _original[0]))
                    ? ChecksumStatus.Good
                : found == 0 ? ChecksumStatus.Partial
                : ChecksumStatus.Bad;
            return new(c.Protocol, c.Field, sctp, found, expected, null);
        }

        if (whole && ReferenceSum.IsRight(c, _original[0]))
        {
            Forget(c);
            return new(c.Protocol, c.Field, ChecksumStatus.Good, found, found, null);
        }

        if (c.Pseudo.Length > 0 && IsLeftToTheDevice(c, found, whole))
        {
            foreach (byte[] copy in _completed)
            {
                ReferenceSum.Write(copy, c.Field, ReferenceSum.Right(c, copy));
            }

            _pending = true;
            return new(c.Protocol, c.Field, ChecksumStatus.Partial, found, expected, null);
        }

        uint first = ReferenceSum.Right(c, _completed[0]), second = ReferenceSum.Right(c, _completed[1]);
        if (_pending && c.Protocol != ChecksumProtocol.IPv4 && first == second)
        {
            bool right = ReferenceSum.IsRight(c, _completed[0]);
            return new(c.Protocol, c.Field, right ? ChecksumStatus.Partial
                : whole ? ChecksumStatus.Bad : ChecksumStatus.Unverified, found, expected,
                first);
        }

        return new(c.Protocol, c.Field, whole ? ChecksumStatus.Bad : ChecksumStatus.Unverified, found, expected, null);
    }

    /// <summary>The sum of the pseudo-header; of a large TCP segment that of the pseudo-header without its length; or,
    /// in TCP, nothing: of a packet that was cut, zero may be right.</summary>
    private static bool IsLeftToTheDevice(Coverage c, uint? found, bool whole)
    {
        int length = c.End - c.Start;
        byte[] withoutLength = [.. c.Pseudo];
        withoutLength.AsSpan(withoutLength.Length - 8, 4).Clear();
        return found == ReferenceSum.Fold(ReferenceSum.Add(0, c.Pseudo))
            || (c.Protocol == ChecksumProtocol.Tcp
                && ((found == 0 && whole) || (length > 556 && found == ReferenceSum.Fold(ReferenceSum.Add(0, withoutLength)))));
    }

    /// <summary>What is right as captured, or cannot be judged, hides what is unfinished inside from the layers around
    /// it.</summary>
    private void Forget(Coverage c)
    {
        if (c.Protocol is ChecksumProtocol.IPv4 or ChecksumProtocol.Sctp)
        {
            return;
        }

        for (int i = 0; i < 2; i++)
        {
            int end = Math.Min(c.End, _original[i].Length);
            if (end > c.Start)
            {
                _original[i].AsSpan(c.Start..end).CopyTo(_completed[i].AsSpan(c.Start));
            }
        }

        _pending = false;
    }

    private static byte[] Extend(byte[] frame, int wire, int seed)
    {
        byte[] whole = new byte[wire];
        new Random(seed).NextBytes(whole);
        frame.CopyTo(whole, 0);
        return whole;
    }
}
