using System.Buffers.Binary;
using VxlanCsum.Diagnoses;
using VxlanCsum.Verdicts;

namespace VxlanCsum.Bench;

/// <summary>
/// The captures that are measured, the same bytes every time: VXLAN over UDP with its checksum, 4,096 flows between a
/// few nodes (more hosts would slow tcpdump unfairly), 1 % wrong inner checksums. Also small frames of as many flows as
/// are asked for.
/// </summary>
internal static class Inputs
{
    public const string Large = "a", Small = "b", Mixed = "c";

    /// <summary>Bytes of a frame of <see cref="Small"/>.</summary>
    public const int SmallFrame = 130;
    private const int Flows = 4096, PortsEach = 16384, BadEvery = 100, Outer = 14 + 20 + 8 + 8, InnerIp = Outer + 14;

    public static string Make(string folder, string name, int scale)
    {
        (long size, string what) = name == Small ? (512L << 20, "dns") : (1L << 30, name == Large ? "tcp" : "mixed");
        return Make(Path.Combine(folder, $"{name}-{scale}.pcap"), size * scale / 100, what, Flows);
    }

    /// <summary>Frames like those of <see cref="Small"/>, with so many flows.</summary>
    public static string MakeFlows(string folder, int flows, int scale) =>
        Make(Path.Combine(folder, $"flows-{flows}-{scale}.pcap"), (512L << 20) * scale / 100, "dns", flows);

    /// <summary>Writes a frame like those of <see cref="Small"/>.</summary>
    public static void FillSmall(Span<byte> frame, int n) => Frame(frame, n, n % Flows, tcp: false, new byte[2048]);

    private static string Make(string path, long size, string what, int flows)
    {
        if (!File.Exists(path) || new FileInfo(path).Length < size)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            string aside = path + ".new";
            Write(aside, size, what, flows);
            File.Move(aside, path, overwrite: true);
        }

        return path;
    }

    private static void Write(string path, long size, string what, int flows)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        Span<byte> header = stackalloc byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0xa1b2c3d4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 262144);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        file.Write(header);
        Random random = new(42);
        byte[] payload = new byte[2048];
        random.NextBytes(payload);
        byte[] record = new byte[16 + 2048];
        long microseconds = 1_760_000_000_000_000;
        for (long n = 0; file.Position < size; n++)
        {
            int length = what switch
            {
                "tcp" => 1514,
                "dns" => SmallFrame,
                _ => (n % 4) switch { 0 => 130, 1 => 1514, 2 => 118, _ => random.Next(120, 1500) }
            };
            Frame(record.AsSpan(16, length), n, (int)(n % flows), tcp: length > 130 || (what == "mixed" && length == 118), payload);
            microseconds += 7;
            BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(microseconds / 1_000_000));
            BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(4), (uint)(microseconds % 1_000_000));
            BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), (uint)length);
            BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12), (uint)length);
            file.Write(record, 0, 16 + length);
        }
    }

    private static void Frame(Span<byte> frame, long n, int flow, bool tcp, byte[] payload)
    {
        payload.AsSpan((int)(n % 512), frame.Length - InnerIp - 20).CopyTo(frame[(InnerIp + 20)..]);
        int l4 = InnerIp + 20;
        if (tcp)
        {
            frame[l4 + 12] = 0x50;
            frame[l4 + 13] = 0x18;
            BinaryPrimitives.WriteUInt16BigEndian(frame[(l4 + 18)..], 0);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame[(l4 + 4)..], (ushort)(frame.Length - l4));
        }

        BinaryPrimitives.WriteUInt16BigEndian(frame[l4..], (ushort)(32768 + (flow % PortsEach)));
        BinaryPrimitives.WriteUInt16BigEndian(frame[(l4 + 2)..], tcp ? (ushort)443 : (ushort)53);
        Ethernet(frame, 2);
        Ip(frame[14..], 0x0a000a00u + 10 + (uint)(flow % 8), 0x0a000a32, 17, frame.Length - 14);
        BinaryPrimitives.WriteUInt16BigEndian(frame[34..], (ushort)(40000 + (flow % 16384)));
        BinaryPrimitives.WriteUInt16BigEndian(frame[36..], 4789);
        BinaryPrimitives.WriteUInt16BigEndian(frame[38..], (ushort)(frame.Length - 34));
        BinaryPrimitives.WriteUInt64BigEndian(frame[42..], 0x0800_0000_0010_0000);
        Ethernet(frame[Outer..], 4);
        Ip(frame[InnerIp..], 0x0af40100u + (uint)(flow % 200) + ((uint)(flow / PortsEach) << 10), 0x0af40201, tcp ? (byte)6 : (byte)17,
            frame.Length - InnerIp);
        Checksum(frame[InnerIp..], tcp ? 16 : 6);
        if (n % BadEvery == 0)
        {
            frame[^1] ^= 0x5a;
        }

        Checksum(frame[14..], 6);
    }

    private static void Ethernet(Span<byte> at, byte id)
    {
        at[..12].Clear();
        at[0] = at[6] = 2;
        at[5] = id;
        at[11] = (byte)(id + 1);
        BinaryPrimitives.WriteUInt16BigEndian(at[12..], 0x0800);
    }

    private static void Ip(Span<byte> at, uint source, uint destination, byte protocol, int length)
    {
        at[..20].Clear();
        at[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], (ushort)length);
        at[8] = 64;
        at[9] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(at[12..], source);
        BinaryPrimitives.WriteUInt32BigEndian(at[16..], destination);
        BinaryPrimitives.WriteUInt16BigEndian(at[10..], (ushort)~OnesComplement.Sum(at[..20]));
    }

    private static void Checksum(Span<byte> ip, int field)
    {
        Span<byte> segment = ip[20..];
        BinaryPrimitives.WriteUInt16BigEndian(segment[field..], 0);
        uint sum = (uint)OnesComplement.Sum(ip.Slice(12, 8)) + ip[9] + (uint)segment.Length
            + OnesComplement.Sum(segment);
        BinaryPrimitives.WriteUInt16BigEndian(segment[field..], (ushort)~OnesComplement.Fold(sum));
    }
}
