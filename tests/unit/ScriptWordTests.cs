using VxlanCsum.Text;
using Xunit;

namespace VxlanCsum.UnitTests;

/// <summary>Names that come from others stay one word of the command that they stand in.</summary>
public sealed class ScriptWordTests
{
    [Theory]
    [InlineData("node7", "node7")]
    [InlineData("/var/a-b_c.pcap", "/var/a-b_c.pcap")]
    [InlineData("", "''")]
    [InlineData("a b", "'a b'")]
    [InlineData("a'; Remove-Item x", "'a''; Remove-Item x'")]
    [InlineData("a\u2019; Remove-Item x", "'a\u2019\u2019; Remove-Item x'")]
    [InlineData("\u2018\u201a\u201b", "'\u2018\u2018\u201a\u201a\u201b\u201b'")]
    public void PowerShellTakesOneWord(string word, string quoted) => Assert.Equal(quoted, ScriptWord.Quote(word));

    [Theory]
    [InlineData("a.pcap", "a.pcap")]
    [InlineData("", "''")]
    [InlineData("$(reboot) `x`", "'$(reboot) `x`'")]
    [InlineData("it's", @"'it'\''s'")]
    public void AShellTakesOneWord(string word, string quoted) => Assert.Equal(quoted, ScriptWord.QuoteShell(word));
}
