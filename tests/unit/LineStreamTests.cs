using System.Text;
using VxlanCsum.Text;
using Xunit;

namespace VxlanCsum.UnitTests;

/// <summary>Lines handed on as bytes are the bytes of their text.</summary>
public sealed class LineStreamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public void ItIsTheTextWhateverIsAskedFor(int piece)
    {
        string[] lines = ["", "-A X", "namespace/größe 服务", "", new string('x', 10_000), "a\ud83d\ude00b"];
        using var stream = new LineStream(((IEnumerable<string>)lines).GetEnumerator());
        using var read = new MemoryStream();
        byte[] buffer = new byte[piece];
        while (stream.Read(buffer) is > 0 and int length)
        {
            read.Write(buffer, 0, length);
        }

        Assert.Equal(string.Concat(lines.Select(static l => l + "\n")), Encoding.UTF8.GetString(read.ToArray()));
    }
}
