using VxlanCsum.Node.Files;
using Xunit;
using YamlDotNet.Core;

namespace VxlanCsum.UnitTests.Files;

/// <summary>Whatever is no YAML is said to be none, with its line: the library has more exceptions than it says.</summary>
public sealed class YamlTextTests
{
    [Theory]
    [InlineData("- : ")]
    [InlineData("- a\n- : *x")]
    [InlineData("? : ---")]
    [InlineData("\n...\n[")]
    [InlineData("...\n|")]
    public void WhatIsNoYamlIsSaidToBeNone(string text)
    {
        YamlException said = Assert.Throws<YamlException>(() => YamlText.Load(new StringReader(text)));
        Assert.Equal("it ends, or goes on, as no YAML does", said.Message.Split("): ")[^1]);
        Assert.InRange(said.Start.Line, 1, text.Count(static c => c == '\n') + 2);
    }

    [Fact]
    public void WhatIsYamlIsRead() =>
        Assert.Equal(2, YamlText.Load(new StringReader("a: [1, {b: c}]\n---\n- e: d\n"))
            .Documents.Count);
}
