using VxlanCsum.Text;
using Xunit;

namespace VxlanCsum.UnitTests;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("eth0", "eth0")]
    [InlineData("", "")]
    [InlineData("größe 网络 😀", "größe 网络 😀")]
    [InlineData("\x1b[31mred\x07", "\\x1b[31mred\\x07")]
    [InlineData("a\r\nb\tc\0", "a\\x0d\\x0ab\\x09c\\x00")]
    [InlineData("\u009b2J\u007f", "\\x9b2J\\x7f")]
    [InlineData("x\u202etxt\u2066\u200b", "x\\u202etxt\\u2066\\u200b")]
    [InlineData("\u2028\u2029", "\\u2028\\u2029")]
    public void OnlyWhatATerminalWouldObeyIsEscaped(string text, string shown) =>
    Assert.Equal(shown, SafeText.Escape(text));

    [Fact]
    public void LoneSurrogatesAndTagCharactersAreEscaped()
    {
        Assert.Equal("\\ud800x", SafeText.Escape("\ud800x"));
        Assert.Equal("\\ue0041", SafeText.Escape(char.ConvertFromUtf32(0xe0041)));
    }

    [Fact]
    public void LongTextIsCutBetweenCharacters()
    {
        Assert.Equal("aaaa…", SafeText.Escape(new string('a', 50), 4));
        Assert.Equal("aaa…", SafeText.Escape("aaa😀😀", 4));
        Assert.Equal("aaaa", SafeText.Escape("aaaa", 4));
    }
}
