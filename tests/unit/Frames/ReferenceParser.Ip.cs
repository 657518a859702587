using VxlanCsum.Captures.Files;

namespace VxlanCsum.UnitTests.Frames;

internal sealed partial class ReferenceParser
{
    /// <summary>What a transport header learns from the IP header before it.</summary>
    private sealed record Network(bool IsV6, byte[] Source, byte[] Destination, bool Fragment, bool Later, bool TooLong,
        bool SuperPacket)
    {
        /// <summary>RFC 793 and RFC 8200, 8.1; the length takes 32 bits so that super-packets fit.</summary>
        public byte[] Pseudo(int protocol, int length) =>
            [.. Source, .. Destination, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length,
                0, 0, 0, (byte)protocol];
    }

    private void IPv4(int at, int end)
    {
        if (at >= end || !Has(at, 1) || U8(at) / 16 != 4)
        {
            return;
        }

        if (at + 20 > end || !Has(at, 20))
        {
            _found.Add(new Coverage(ChecksumProtocol.IPv4, at + 10, at, at + 20, []) { Hopeless = true });
            return;
        }

        int header = U8(at) % 16 * 4, total = U16(at + 2), flags = U16(at + 6);
        if (header < 20)
        {
            return;
        }

        _found.Add(new Coverage(ChecksumProtocol.IPv4, at + 10, at, at + header,
            [])
        { Hopeless = !Has(at, header) || at + header > end });
        if (total is not 0 && total < header)
        {
            return;
        }

        bool fragment = (flags & 0x3fff) != 0, tooLong = at + total > end;
        fragment |= tooLong && _inFragment;
        _inFragment |= fragment;
        byte[] destination = Has(at, header) ? LastHop(at, header) : Bytes(at + 16, 4);
        Network network = new(false, Bytes(at + 12, 4), destination, fragment, (flags & 0x1fff) != 0, tooLong,
            total == 0);
        Transport(U8(at + 9), at + header, total == 0 || tooLong ? end : at + total, network);
    }

    /// <summary>The end of a source route that is still under way (RFC 791), or the destination.</summary>
    private byte[] LastHop(int at, int header)
    {
        int option = at + 20, end = at + header;
        while (option < end && U8(option) != 0)
        {
            if (U8(option) == 1)
            {
                option++;
                continue;
            }

            int length = option + 1 < end ? U8(option + 1) : 0;
            if (length < 2 || option + length > end)
            {
                break;
            }

            bool route = U8(option) is 131 or 137;
            if (route && length >= 7 && U8(option + 2) >= 4 && U8(option + 2) + 3 <= length)
            {
                return Bytes(option + length - 4, 4);
            }

            option += length;
        }

        return Bytes(at + 16, 4);
    }

    private void IPv6(int at, int end)
    {
        if (at + 40 > end || !Has(at, 40) || U8(at) / 16 != 6)
        {
            return;
        }

        int payload = U16(at + 4), next = U8(at + 6), header = at + 40;
        bool tooLong = at + 40 + payload > end, super = payload == 0, later = false;
        bool fragment = tooLong && _inFragment;
        end = payload == 0 || tooLong ? end : at + 40 + payload;
        byte[] source = Bytes(at + 8, 16), destination = Bytes(at + 24, 16);
        while (next is 0 or 43 or 44 or 51 or 60 or 135 or 139 or 140 && !later && Has(header, 8))
        {
            int length = next == 44 ? 8 : next == 51 ? (U8(header + 1) + 2) * 4 : (U8(header + 1) + 1) * 8;
            switch (next)
            {
                case 0 when payload == 0 && Option(header, length, 0xc2, 4) is { } jumbo:
                    long whole = at + 40
                        + (long)(uint)((jumbo[0] << 24) | (jumbo[1] << 16) | (jumbo[2] << 8) | jumbo[3]);
                    (tooLong, super) = (whole > end, false);
                    end = (int)Math.Min(end, whole);
                    break;
                case 60 when Option(header, length, 0xc9, 16) is { } home:
                    source = home;
                    break;
                case 43 when U8(header + 3) > 0 && Has(header, length):
                    destination = FinalDestination(header, length, Bytes(at + 24, 16)) ?? destination;
                    break;
                case 44:
                    fragment |= (U16(header + 2) & 0xfff9) != 0;
                    _inFragment |= fragment;
                    later = (U16(header + 2) & 0xfff8) != 0;
                    break;
            }

            next = U8(header);
            header += length;
        }

        if (later || next is not (0 or 43 or 44 or 51 or 60 or 135 or 139 or 140))
        {
            Transport(next, header, end, new Network(true, source, destination, fragment, later, tooLong, super));
        }
    }

    private byte[]? FinalDestination(int header, int length, byte[] destination)
    {
        int type = U8(header + 2), shared = U8(header + 4) % 16, padding = U8(header + 5) / 16,
            last = header + length - padding - (16 - shared);
        return type switch
        {
            0 or 2 when length >= 24 => Bytes(header + length - 16, 16),
            4 when length >= 24 => Bytes(header + 8, 16),
            3 when last >= header + 8 => [.. destination[..shared], .. Bytes(last, 16 - shared)],
            _ => null,
        };
    }

    private byte[]? Option(int header, int length, int type, int size)
    {
        int end = Math.Min(header + length, _f.Length);
        for (int o = header + 2; o + 2 <= end; o += U8(o) == 0 ? 1 : 2 + U8(o + 1))
        {
            if (U8(o) == type && U8(o + 1) == size && o + 2 + size <= end)
            {
                return Bytes(o + 2, size);
            }
        }

        return null;
    }
}
