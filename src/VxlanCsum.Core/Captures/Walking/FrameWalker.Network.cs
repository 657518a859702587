using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Captures.Walking;

/// <content>IPv4 and IPv6.</content>
internal sealed unsafe partial class FrameWalker
{
    /// <summary>What a transport layer needs of the IP header before it.</summary>
    private readonly struct NetworkContext(ulong addressSum, bool isIPv6, bool fragment, bool badLength,
        bool segmentation = false)
    {
        /// <summary>Raw, unfolded sum of both addresses.</summary>
        public readonly ulong AddressSum = addressSum;
        public readonly bool IsIPv6 = isIPv6;
        public readonly bool Fragment = fragment;

        /// <summary>The IP header promises more than the frame had.</summary>
        public readonly bool BadLength = badLength;

        /// <summary>A super-packet, whose length fields did not fit or are left to the device. Only TCP and UDP are
        /// sent so.</summary>
        public readonly bool Segmentation = segmentation;

        /// <summary>Raw, folded sum of the pseudo-header (RFC 793, 768, 8200 section 8.1).</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ushort Pseudo(byte protocol, int length) =>
            OnesComplement.Fold(
                AddressSum + ((ulong)protocol << 24) + BinaryPrimitives.ReverseEndianness((uint)length));
    }

    private void IPv4(int at, int end)
    {
        if (at + 20 > _captured || at + 20 > end)
        {
            if (at < _captured && at < end && _p[at] >> 4 == 4)
            {
                AddUnseen(ChecksumProtocol.IPv4, at + 10, at, at + 20,
                    at + 20 > end ? LayerReason.BadLength : LayerReason.Truncated);
            }

            return;
        }

        byte* ip = _p + at;
        int headerLength = (ip[0] & 15) * 4;
        if (ip[0] >> 4 != 4 || headerLength < 20 || _verdict.AddressCount == FrameVerdict.MaxAddresses)
        {
            return;
        }

        int address = _verdict.AddressCount++;
        _verdict.Addresses[address] = new AddressPair { Offset = at + 12, Size = 4 };
        LayerRecord* layer = Add(ChecksumProtocol.IPv4, at + 10, at, at + headerLength, 0, ScopeKind.Done,
            fragment: false);
        if (layer == null)
        {
            return;
        }

        JudgeIPv4Header(layer, ip, at + headerLength, end);

        int total = U16(at + 2);
        bool badLength = false, fragment = (U16(at + 6) & 0x3fff) != 0;
        if (total == 0)
        {
            // TSO and BIG TCP: the length did not fit, or is left to the device. It comes from the frame.
            layer->Flags |= LayerFlags.Segmentation;
        }
        else if (total < headerLength)
        {
            return;
        }
        else if (at + total <= end)
        {
            end = at + total;
        }
        else
        {
            fragment |= _inFragment;
            badLength = true;
        }

        _inFragment |= fragment;
        uint source = *(uint*)(ip + 12), destination = *(uint*)(ip + 16);
        if (headerLength > 20 && at + headerLength <= _captured)
        {
            destination = FinalDestination(at + 20, at + headerLength, destination);
        }

        NetworkContext context = new((ulong)source + destination, isIPv6: false, fragment, badLength,
            segmentation: total == 0);
        Transport(ip[9], at + headerLength, end, in context, later: (U16(at + 6) & 0x1fff) != 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void JudgeIPv4Header(LayerRecord* layer, byte* ip, int headerEnd, int end)
    {
        ushort found = U16(layer->Offset);
        layer->Found = found;
        layer->Flags |= LayerFlags.HasFound;
        ulong sum = *(ulong*)ip;
        ulong second = *(ulong*)(ip + 8);
        sum = (sum & 0xffffffff) + (sum >> 32) + (second & 0xffffffff) + (second >> 32) + *(uint*)(ip + 16);
        int headerLength = layer->Length;
        if (headerLength > 20)
        {
            if (headerEnd > _captured || headerEnd > end)
            {
                layer->Status = ChecksumStatus.Unverified;
                layer->Reason = headerEnd > end ? LayerReason.BadLength : LayerReason.Truncated;
                return;
            }

            sum += OnesComplement.Accumulate(ip + 20, headerLength - 20);
        }

        ushort folded = OnesComplement.Fold(sum);
        layer->Flags |= LayerFlags.HasExpected;
        if (folded == 0xffff)
        {
            layer->Status = ChecksumStatus.Good;
            layer->Expected = found;
            return;
        }

        layer->Status = ChecksumStatus.Bad;
        layer->Expected = OnesComplement.ToHost((ushort)~OnesComplement.Subtract(folded, *(ushort*)(ip + 10)));
        layer->Reason = found == 0 ? LayerReason.ZeroHeaderOffload : LayerReason.Mismatch;
    }

    /// <summary>A source route names the final destination, which is the one in the pseudo-header (RFC 1122, 4.1.3.4
    /// and 4.2.2.7).</summary>
    private uint FinalDestination(int option, int end, uint destination)
    {
        while (option < end && _p[option] != 0)
        {
            if (_p[option] == 1)
            {
                option++;
                continue;
            }

            if (option + 1 >= end || _p[option + 1] < 2 || option + _p[option + 1] > end)
            {
                break;
            }

            int length = _p[option + 1];
            bool sourceRoute = _p[option] is 0x83 or 0x89;
            if (sourceRoute && length >= 7 && _p[option + 2] is >= 4 && _p[option + 2] + 3 <= length)
            {
                return *(uint*)(_p + option + length - 4);
            }

            option += length;
        }

        return destination;
    }

    private void IPv6(int at, int end)
    {
        if (at + 40 > _captured || at + 40 > end || _p[at] >> 4 != 6
            || _verdict.AddressCount == FrameVerdict.MaxAddresses)
        {
            return;
        }

        int address = _verdict.AddressCount++;
        _verdict.Addresses[address] = new AddressPair { Offset = at + 8, Size = 16 };
        int payload = U16(at + 4);
        bool badLength = at + 40 + payload > end, segmentation = payload == 0;
        // Zero: a jumbogram (RFC 2675) or BIG TCP without its option; the length comes from the option or the frame.
        if (payload != 0 && !badLength)
        {
            end = at + 40 + payload;
        }

        ulong sum = OnesComplement.Accumulate(_p + at + 8, 32);
        byte next = _p[at + 6];
        int header = at + 40;
        bool fragment = badLength && _inFragment, later = false;
        while (header + 8 <= _captured)
        {
            int length = (_p[header + 1] + 1) * 8;
            switch (next)
            {
                case 0 when payload == 0:
                    segmentation = !Jumbo(header, header + length, at + 40, ref end, ref badLength);
                    break;
                case 60:
                    sum = HomeSum(at, header, length, sum);
                    break;
                case 0 or 135 or 139 or 140:
                    break;
                case 43:
                    sum = RoutedSum(at, header, length, sum);
                    break;
                case 44:
                    length = 8;
                    fragment |= (U16(header + 2) & 0xfff9) != 0;
                    _inFragment |= fragment;
                    later = (U16(header + 2) & 0xfff8) != 0;
                    break;
                case 51:
                    length = (_p[header + 1] + 2) * 4;
                    break;
                default:
                    Transport(next, header, end,
                        new NetworkContext(sum, isIPv6: true, fragment, badLength, segmentation), later);
                    return;
            }

            next = _p[header];
            header += length;
            if (later)
            {
                Transport(next, header, end, new NetworkContext(sum, isIPv6: true, fragment, badLength, segmentation),
                    later);
                return;
            }
        }

        if (next is not (0 or 43 or 44 or 51 or 60 or 135 or 139 or 140))
        {
            Transport(next, header, end, new NetworkContext(sum, isIPv6: true, fragment, badLength, segmentation),
                later);
        }
    }
}
