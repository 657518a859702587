namespace VxlanCsum.TcpdumpText;

/// <summary>Reads what tcpdump -v prints of an IP header: "(tos 0x0, ttl 64, id 1, … length 60)", "(hlim 64,
/// next-header TCP (6) payload length: 40)".</summary>
internal static class IpHeaderParser
{
    // A colon behind the name is older tcpdump's.
    private static readonly string[] s_protocol = ["proto ", "proto: ", "next-header "],
        s_length = ["length ", "length: ", "payload length: ", "payload length "],
        s_ttl = ["ttl ", "hlim "];

    /// <summary>Does a verbose header begin here, and of which version?</summary>
    public static bool IsAtHeader(in TextCursor cursor, out bool isIPv6)
    {
        isIPv6 = cursor.IsAt("(hlim ") || cursor.IsAt("(class 0x") || cursor.IsAt("(flowlabel 0x");
        return isIPv6 || cursor.IsAt("(tos 0x");
    }

    /// <summary>Steps behind the header's closing bracket; false where the text ends before it.</summary>
    public static bool TryRead(ref TextCursor cursor, bool isIPv6, out IpHeaderText header)
    {
        header = new IpHeaderText { IsIPv6 = isIPv6, IsVerbose = true, OptionsLength = 0 };
        cursor.Position++;
        while (!cursor.AtEnd)
        {
            if (cursor.Current == ')')
            {
                cursor.Position++;
                return true;
            }

            if (cursor.Current == ',' || char.IsWhiteSpace(cursor.Current))
            {
                cursor.Position++;
            }
            else if (!ReadField(ref cursor, ref header))
            {
                return false;
            }
        }

        return false;
    }

    private static bool ReadField(ref TextCursor cursor, ref IpHeaderText header)
    {
        if (TryReadAny(ref cursor, s_protocol))
        {
            return ReadProtocol(ref cursor, ref header);
        }

        if (TryReadAny(ref cursor, s_length))
        {
            header.Length = cursor.TryReadNumber(out uint length) ? length : null;
            return true;
        }

        if (TryReadAny(ref cursor, s_ttl))
        {
            header.Ttl = cursor.TryReadNumber(out uint hops) && hops <= byte.MaxValue ? (byte)hops : (byte)0;
            return true;
        }

        return cursor.TryRead("bad cksum ") ? ReadBadChecksum(ref cursor, ref header)
            : ReadFragment(ref cursor, ref header);
    }

    private static bool TryReadAny(ref TextCursor cursor, string[] names)
    {
        foreach (string name in names)
        {
            if (cursor.TryRead(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool ReadBadChecksum(ref TextCursor cursor, ref IpHeaderText header)
    {
        header.HasBadChecksum = cursor.TryReadHex(out header.Found) && cursor.TryRead(" (->")
            && cursor.TryReadHex(out header.Expected);
        return !header.HasBadChecksum || cursor.TryRead(")!") || cursor.TryRead(")");
    }

    /// <summary>What tells of fragments and options; any other field is passed over.</summary>
    private static bool ReadFragment(ref TextCursor cursor, ref IpHeaderText header)
    {
        if (cursor.TryRead("offset "))
        {
            header.IsLaterFragment = cursor.TryReadNumber(out uint offset) && offset > 0;
            header.IsFragment |= header.IsLaterFragment;
            return true;
        }

        if (cursor.TryRead("flags ["))
        {
            // "+" stands for more fragments; alone or with the other flags.
            header.IsFragment |= cursor.Current == '+';
            cursor.Position--;
            return cursor.TrySkipGroup();
        }

        if (cursor.TryRead("options ("))
        {
            header.OptionsLength = cursor.IsAt("RA)") ? 4 : null;
            cursor.Position--;
            return cursor.TrySkipGroup();
        }

        return SkipField(ref cursor);
    }

    /// <summary>"UDP (17)", "unknown (54)", "Mobile IP (old) (62)".</summary>
    private static bool ReadProtocol(ref TextCursor cursor, ref IpHeaderText header)
    {
        while (!cursor.AtEnd && cursor.Current is not ')' and not ',')
        {
            if (cursor.Current != '(')
            {
                cursor.Position++;
                continue;
            }

            TextCursor group = cursor;
            if (group.TryRead("(") && group.TryReadNumber(out uint number) && group.TryRead(")"))
            {
                header.Protocol = number <= byte.MaxValue ? (byte)number : null;
                cursor = group;
                return true;
            }

            if (!cursor.TrySkipGroup())
            {
                return false;
            }
        }

        return !cursor.AtEnd;
    }

    private static bool SkipField(ref TextCursor cursor)
    {
        while (!cursor.AtEnd && cursor.Current is not ',' and not ')' && !char.IsWhiteSpace(cursor.Current))
        {
            if (cursor.Current is '(' or '[')
            {
                if (!cursor.TrySkipGroup())
                {
                    return false;
                }
            }
            else
            {
                cursor.Position++;
            }
        }

        return true;
    }
}
