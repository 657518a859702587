using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using VxlanCsum.EngineTests.Browsing;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Docs;

/// <summary>The pictures of README.md are of what is shown now. With VXLANCSUM_WRITE_EXAMPLES=1 they are made
/// anew.</summary>
public sealed partial class PictureTests(EngineFixture engine, Chromium browser)
    : IClassFixture<EngineFixture>, IClassFixture<Chromium>
{
    private const int Width = 900, Height = 760;

    [Fact]
    public async Task TheTerminalShowsTheDiagnosis()
    {
        ShellResult shown = await ShellProcess.RunAsync("-NoLogo", "-NonInteractive", "-c",
            $"Get-ChecksumDiagnosis -FromPath '{Repository.Data("diagnoses", "fault")}' | Out-String -Width 96");
        Assert.Equal(("", 0), (shown.Errors, shown.ExitCode));
        string lines = string.Join('\n', shown.Lines.Select(static l => l.TrimEnd()));
        string picture = TerminalPicture.Draw("A diagnosis in a terminal",
            "Get-ChecksumDiagnosis -FromPath tests/data/diagnoses/fault", lines);
        string file = PathOf("diagnosis.svg");
        if (IsWriting)
        {
            await File.WriteAllTextAsync(file, picture, TestContext.Current.CancellationToken);
        }

        Assert.Equal((await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"),
            picture.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task TheReportIsThePageOfNow()
    {
        using TemporaryFolder folder = new();
        string page = Path.Combine(folder.Path, "report.html");
        engine.Run("""
            param($data, $page)
            & {
                Test-VxlanChecksum "$data/captures/udpcsum-on-random.pcap"
                $receipt = [pscustomobject]@{ Kind = 'UnmarkTunnel'; Changed = $true; Verified = $true }
                $receipt.PSObject.TypeNames.Insert(0, 'Deserialized.VxlanCsum.MitigationReceipt')
                $receipt
                Test-VxlanChecksum "$data/captures/kube-fix-mangle-unmark.pcap"
            } | Export-ChecksumReport $page -Title 'Node 7, before and after UnmarkTunnel'
            """, Repository.Data(), page).Succeeded();
        string text = await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
        string mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            Passing().Replace(Top(text), ""))));
        string file = PathOf("report.png");
        if (IsWriting)
        {
            Assert.SkipUnless(browser.IsInstalled, "Chromium is not installed: apt install chromium");
            await browser.OpenAsync(page);
            await browser.EmulateAsync("screen", "light", Width);
            byte[] picture = PngText.Add(await browser.ScreenshotAsync(Width, Height), mark);
            await File.WriteAllBytesAsync(file, picture, TestContext.Current.CancellationToken);
        }

        Assert.Equal(mark,
            PngText.Read(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)));
    }

    /// <summary>The style, and what is on the picture: all above the second chart.</summary>
    private static string Top(string page) => page[..page.IndexOf("<h3 id=\"chart-time\"", StringComparison.Ordinal)];

    private static bool IsWriting => Environment.GetEnvironmentVariable("VXLANCSUM_WRITE_EXAMPLES") == "1";

    private static string PathOf(string name) => Repository.PathOf("docs", "images", name);

    /// <summary>When and where it was made, by which version, and what the page's policy says of the script below.</summary>
    [GeneratedRegex("<p class=\"meta\">Made on .*?</p>|VxlanCsum [0-9.]+|'sha256-[^']*'")]
    private static partial Regex Passing();
}
