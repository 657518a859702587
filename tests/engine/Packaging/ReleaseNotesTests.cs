using VxlanCsum.Packing;

namespace VxlanCsum.EngineTests.Packaging;

public sealed class ReleaseNotesTests
{
    private const string Changelog = """
        # Changelog

        ## [Unreleased]

        ### Added
        - what comes

        ## [1.2.0] - 2026-01-02

        - what came

        ## [1.1.0] - 2026-01-01

        [Unreleased]: https://example.org/compare
        """;

    [Theory]
    [InlineData("1.2.0", "- what came")]
    [InlineData("1.3.0", "### Added\n- what comes")]
    public void The_versions_own_section_or_what_is_unreleased(string version, string notes) =>
    Assert.Equal(notes, ReleaseNotes.Of(Changelog, new Version(version)));

    [Fact]
    public void Line_ends_of_another_system_do_not_matter() =>
    Assert.Equal("### Added\n- what comes",
        ReleaseNotes.Of(Changelog.ReplaceLineEndings("\r\n"), new Version(9, 9, 9)));

    [Fact]
    public void A_version_about_which_nothing_is_said_is_refused()
    {
        Assert.Contains("[1.1.0]",
            Assert.Throws<PackingException>(() => ReleaseNotes.Of(Changelog, new Version(1, 1, 0))).Message,
            StringComparison.Ordinal);
        Assert.Throws<PackingException>(() => ReleaseNotes.Of("# Changelog\n", new Version(1, 1, 0)));
    }
}
