using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using DnsClient;
using VxlanCsum.Node.Errors;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Probes;

/// <summary>Queries as they are sent, and answers as they are read.</summary>
internal static class DnsMessage
{
    private const int HeaderLength = 12, TypePtr = 12, MostRecords = 64;
    private const int OptionsType = 41, PaddingOption = 12, OptionsLength = 11 + 4;
    private const ushort RecursionDesired = 0x0100, IsResponse = 0x8000, CodeMask = 0xf, Internet = 1;

    /// <summary>A name in the form in which it is asked for.</summary>
    /// <exception cref="NodeException">A label or the whole is too long, empty or has characters that no name
    /// has.</exception>
    public static string Canonical(string name)
    {
        try
        {
            return name.StartsWith('.') || name.Contains("..", StringComparison.Ordinal)
                ? throw new ArgumentException("A label is empty.") : DnsString.Parse(name).Value;
        }
        catch (ArgumentException e)
        {
            throw new NodeException(NodeErrorId.DnsNameInvalid, NodeFailure.InvalidArgument, name,
                $"'{SafeText.Escape(name)}' cannot be asked for: {SafeText.Escape(e.Message)}",
                "Labels have 1 to 63 characters, the whole at most 255.", e);
        }
    }

    /// <summary>The number of a type of record.</summary>
    public static ushort TypeOf(string name) => (ushort)Enum.Parse<QueryType>(name, ignoreCase: true);

    /// <summary>A query with one question, recursion desired.</summary>
    /// <param name="id">To know the answer by.</param>
    /// <param name="canonicalName">In the form of <see cref="Canonical"/>.</param>
    /// <param name="type">Of the record.</param>
    /// <param name="length">How long the message is to be, filled up with EDNS padding (RFC 7830) where it is shorter; 0
    /// for none.</param>
    public static byte[] Query(ushort id, string canonicalName, ushort type, int length = 0)
    {
        var message = new MemoryStream();
        Write(message, id, RecursionDesired, 1, 0, 0, (ushort)(length > 0 ? 1 : 0));
        foreach (string label in canonicalName.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] bytes = Encoding.ASCII.GetBytes(label);
            message.WriteByte((byte)bytes.Length);
            message.Write(bytes);
        }

        message.WriteByte(0);
        Write(message, type, Internet);
        if (length > 0)
        {
            int padding = Math.Max(0, length - (int)message.Length - OptionsLength);
            message.WriteByte(0);
            Write(message, OptionsType, 4096, 0, 0, (ushort)(padding + 4), PaddingOption, (ushort)padding);
            message.Write(new byte[padding]);
        }

        return message.ToArray();
    }

    /// <summary>Whether the message is an answer to the query with this id; what a stray or a forged datagram is
    /// not.</summary>
    public static bool Answers(ReadOnlySpan<byte> message, ushort id) =>
        message.Length >= HeaderLength && BinaryPrimitives.ReadUInt16BigEndian(message) == id
            && (BinaryPrimitives.ReadUInt16BigEndian(message[2..]) & IsResponse) != 0;

    /// <summary>The code in a word, and the records that answer. Null where the message is damaged.</summary>
    public static (string Code, string[] Records)? Read(ArraySegment<byte> message)
    {
        try
        {
            var reader = new DnsDatagramReader(message, 2);
            string code = ((DnsHeaderResponseCode)(reader.ReadUInt16NetworkOrder() & CodeMask)).ToString();
            int questions = reader.ReadUInt16NetworkOrder(), answers = reader.ReadUInt16NetworkOrder();
            reader.Advance(4);
            for (int i = 0; i < questions; i++)
            {
                reader.ReadQuestionQueryString();
                reader.Advance(4);
            }

            var records = new List<string>();
            for (int i = 0; i < Math.Min(answers, MostRecords); i++)
            {
                records.Add(SafeText.Escape(Record(reader)));
            }

            return (code, [.. records]);
        }
        catch (Exception e)
            when (e is DnsResponseParseException or ArgumentException or IndexOutOfRangeException
                or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static string Record(DnsDatagramReader reader)
    {
        reader.ReadDnsName();
        var type = (QueryType)reader.ReadUInt16NetworkOrder();
        reader.Advance(6);
        int length = reader.ReadUInt16NetworkOrder(), end = reader.Index + length;
        string text = type switch
        {
            QueryType.A when length == 4 => reader.ReadIPAddress().ToString(),
            QueryType.AAAA when length == 16 => reader.ReadIPv6Address().ToString(),
            QueryType.CNAME => $"CNAME {reader.ReadDnsName().Value}",
            QueryType.NS or (QueryType)TypePtr => reader.ReadDnsName().Value,
            QueryType.SRV => string.Create(CultureInfo.InvariantCulture,
                $"{reader.ReadUInt16NetworkOrder()} {reader.ReadUInt16NetworkOrder()} "
                + $"{reader.ReadUInt16NetworkOrder()} {reader.ReadDnsName().Value}"),
            QueryType.SOA => $"{reader.ReadDnsName().Value} {reader.ReadDnsName().Value}",
            QueryType.TXT => Texts(reader, end),
            _ => string.Create(CultureInfo.InvariantCulture, $"{type}, {length} bytes"),
        };

        // More was read than the record has: it lies about its length.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reader.Index, end);
        reader.Advance(end - reader.Index);
        return text;
    }

    private static string Texts(DnsDatagramReader reader, int end)
    {
        var parts = new List<string>();
        while (reader.Index < end)
        {
            parts.Add(reader.ReadStringWithLengthPrefix());
        }

        return string.Join(' ', parts);
    }

    private static void Write(MemoryStream message, params ReadOnlySpan<ushort> words)
    {
        Span<byte> bytes = stackalloc byte[2];
        foreach (ushort word in words)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes, word);
            message.Write(bytes);
        }
    }
}
