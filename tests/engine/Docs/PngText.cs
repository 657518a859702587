using System.Buffers.Binary;
using System.Text;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>A remark in a PNG file: what the picture is of.</summary>
internal static class PngText
{
    private const int HeaderEnd = 33;

    private static readonly byte[] s_keyword = "tEXtSource\0"u8.ToArray();

    /// <summary>Puts it behind the header.</summary>
    public static byte[] Add(byte[] picture, string text)
    {
        byte[] body = [.. s_keyword, .. Encoding.ASCII.GetBytes(text)];
        byte[] chunk = new byte[body.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, body.Length - 4);
        body.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(body.Length + 4), Crc(body));
        return [.. picture[..HeaderEnd], .. chunk, .. picture[HeaderEnd..]];
    }

    /// <summary>Empty where there is none.</summary>
    public static string Read(byte[] picture)
    {
        int at = picture.AsSpan().IndexOf(s_keyword);
        return at < 0 ? "" : Encoding.ASCII.GetString(picture, at + s_keyword.Length,
            BinaryPrimitives.ReadInt32BigEndian(picture.AsSpan(at - 4)) + 4 - s_keyword.Length);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xedb88320;
            }
        }

        return ~crc;
    }
}
