using System.Globalization;
using System.Text.Json.Nodes;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Browsing;

/// <summary>What people see of Export-ChecksumReport's page, in a real browser: pages of real findings and of hostile
/// ones.</summary>
public sealed class HtmlReportTests(ReportPage report, Chromium browser)
    : IClassFixture<ReportPage>, IClassFixture<Chromium>, IDisposable
{
    private static readonly string s_axe = Repository.PathOf("artifacts", "tools", "node_modules", "axe-core",
        "axe.min.js");

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task NothingIsAskedOfTheNetworkAndNothingOfOthersRuns()
    {
        string page = await OpenAsync();
        Assert.Equal([new Uri(page).AbsoluteUri], browser.Requests);
        Assert.Empty(browser.Complaints);
        Assert.Null(await browser.EvaluateAsync("window.owned"));
        Assert.Equal("1", (await browser.EvaluateAsync("document.scripts.length"))!.ToString());
        Assert.Equal("0",
            (await browser.EvaluateAsync(
                "document.querySelectorAll('script[src], img, iframe, link, object, form, [onerror], [onmouseover], "
                + "[style]').length + document.styleSheets.length - 1"))!.ToString());
        Assert.Contains("<script>window.owned=1</script>",
            (string)(await browser.EvaluateAsync("document.body.innerText"))!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThePagesPolicyStopsWhatGetsInNevertheless()
    {
        string page = await OpenAsync();
        string attacked = Path.Combine(_folder.Path, "attacked.html");
        await File.WriteAllTextAsync(attacked,
            (await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken)).Replace(
            "</main>", "<script>window.owned=1</script><img src='https://evil.invalid/x' onerror='window.owned=1'><p "
                + "style='color:red'>x</p></main>", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await browser.OpenAsync(attacked);
        Assert.Null(await browser.EvaluateAsync("window.owned"));
        Assert.NotEmpty(browser.Complaints);
        Assert.All(browser.Complaints,
            static said => Assert.Contains("Content Security Policy", said, StringComparison.Ordinal));
    }

    // 688 is A4 between the style sheet's margins.
    [Theory]
    [InlineData("screen", "light", 1200, "rgb(255, 255, 255)")]
    [InlineData("screen", "dark", 1200, "rgb(21, 24, 27)")]
    [InlineData("screen", "light", 390, "rgb(255, 255, 255)")]
    [InlineData("screen", "dark", 390, "rgb(21, 24, 27)")]
    [InlineData("screen", "light", 360, "rgb(255, 255, 255)")]
    [InlineData("print", "dark", 688, "rgb(255, 255, 255)")]
    public async Task EveryReaderSeesIt(string media, string scheme, int width, string background)
    {
        await OpenAsync();
        await browser.EmulateAsync(media, scheme, width);
        Assert.Equal(background,
            (string?)await browser.EvaluateAsync("getComputedStyle(document.body).backgroundColor"));
        Assert.Equal(media == "screen",
            (bool)(await browser.EvaluateAsync("getComputedStyle(document.querySelector('nav')).display !== 'none'"))!);
        Assert.Equal(media == "print",
            (bool)(await browser.EvaluateAsync(
                "[...document.querySelectorAll('details')].filter(d => !d.open).every(d => "
                + "d.querySelector('li').checkVisibility({ contentVisibilityAuto: true }))"))!);

        // Nothing hangs out of the page, and nothing of it has to be scrolled sideways.
        Assert.True(
            (bool)(await browser.EvaluateAsync(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"))!);
        Assert.Equal("",
            (string?)await browser.EvaluateAsync(
                "[...document.querySelectorAll('main *')].filter(e => e.checkVisibility() && getComputedStyle(e)"
                + ".overflowX !== 'visible' && !e.closest('thead') && e.scrollWidth > e.clientWidth + 1)"
                + ".map(e => e.outerHTML.slice(0, 120)).join('\\n')"));
        byte[] picture = await browser.ScreenshotAsync();
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], picture[..4]);
        string folder = Repository.PathOf("artifacts", "screenshots");
        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(
            Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"report-{media}-{scheme}-{width}.png")),
            picture, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ChartsShowWhatWasCounted()
    {
        await OpenAsync();
        await browser.EmulateAsync("screen", "light", 1200);
        JsonArray charts =
            (JsonArray)(await browser.EvaluateAsync(
                "[...document.querySelectorAll('figure h3')].map(h => h.textContent)"))!;
        Assert.Equal(["Before and after the mitigation", "Verdicts over time", "Causes by tunnel direction"],
            charts.Select(static c => (string?)c));

        // 10 of 31 packets were wrong before, none after: the share of the first bar, and no second one.
        JsonArray wrong =
            (JsonArray)(await browser.EvaluateAsync(
                "[...document.querySelectorAll('[aria-labelledby=chart-change] .bars svg')].flatMap(s => "
                + "[...s.querySelectorAll('rect.c-bad')].map(r => r.getBoundingClientRect().width / "
                + "s.getBoundingClientRect().width))"))!;
        Assert.Equal(10.0 / 31, (double)Assert.Single(wrong)!, 3);
        Assert.Equal("rgb(194, 56, 46)",
            (string?)await browser.EvaluateAsync(
                "getComputedStyle(document.querySelector('figure svg rect.c-bad')).fill"));
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task ChartsAreWholeAndTheirTextIsReadable(int width)
    {
        await OpenAsync();
        await browser.EmulateAsync("screen", "light", width);
        JsonArray cut =
            (JsonArray)(await browser.EvaluateAsync(
                "[...document.querySelectorAll('figure, figure *')].filter(e => { const r = "
                + "e.getBoundingClientRect(); return r.left < 0 || r.right > innerWidth }).map(e => e.outerHTML)"))!;
        Assert.Empty(cut);
        Assert.True(
            (double)(await browser.EvaluateAsync(
                "Math.min(...[...document.querySelectorAll('figure span, figure b, figcaption')].map(e => "
                + "parseFloat(getComputedStyle(e).fontSize)))"))! >= 12);
    }

    [Fact]
    public async Task ACommandIsCopiedByItsButton()
    {
        await OpenAsync();
        Assert.Equal(["true", "true", "Copied"], await CopyAsync("t => { window.copied = t }"));

        // Where the browser forbids it, the command is at least selected.
        await OpenAsync();
        string[] refused = await CopyAsync("() => { throw new Error('no') }");
        Assert.Equal(("false", "true"), (refused[0], refused[1]));
        Assert.Contains(refused[2], (string[])["Copied", "Selected"]);
    }

    [Fact]
    public async Task WithoutScriptsCommandsAreText()
    {
        Assert.SkipUnless(browser.IsInstalled, "Chromium is not installed: apt install chromium");
        await browser.AllowScriptsAsync(false);
        try
        {
            await OpenAsync();
            Assert.Equal("0", (await browser.EvaluateAsync("document.querySelectorAll('button').length"))!.ToString());
            Assert.Contains("Test-VxlanChecksum -LiteralPath '",
                (string)(await browser.EvaluateAsync("document.querySelector('.item .command').innerText"))! + (string)
                (await browser.EvaluateAsync("[...document.querySelectorAll('.command')].map(c => c.textContent).join()"))!,
                StringComparison.Ordinal);
        }
        finally
        {
            await browser.AllowScriptsAsync(true);
        }
    }

    [Fact]
    public async Task AWalkNamesTheRuleToChange()
    {
        await OpenAsync();
        Assert.Contains("MASQUERADE --random-fully",
            (string)(await browser.EvaluateAsync("document.querySelector('.lane .blame').innerText"))!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task ItPrints()
    {
        await OpenAsync();
        Assert.Equal("%PDF"u8.ToArray(), (await browser.PrintAsync())[..4]);
    }

    [Theory]
    [InlineData("light", 1200)]
    [InlineData("dark", 1200)]
    [InlineData("light", 360)]
    public async Task AxeFindsNothing(string scheme, int width)
    {
        Assert.SkipUnless(File.Exists(s_axe),
            "axe-core is not there: npm install --prefix artifacts/tools axe-core@4.14.1 (.ci/run does)");
        await OpenAsync();
        await browser.EmulateAsync("screen", scheme, width);
        await browser.EvaluateAsync(await File.ReadAllTextAsync(s_axe, TestContext.Current.CancellationToken) + "; 0");
        JsonArray violations = (JsonArray)(await browser.EvaluateAsync(
            "axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations.map(v => v.id + ': ' + "
            + "v.nodes.map(n => n.html.slice(0, 160)).join(' | ')))"))!;
        Assert.Empty(violations.Select(static v => (string?)v));

        // What axe could not decide; of a chart's text (imgNode) it never does, and that has the colours of the
        // captions.
        string open = (string)(await browser.EvaluateAsync(
            "axe.run(document, { runOnly: ['color-contrast'] }).then(r => r.incomplete.flatMap(v => v.nodes.filter(n "
            + "=> n.any[0].data?.messageKey !== 'imgNode').map(n => n.any[0].data?.messageKey + ' ' + "
            + "n.html.slice(0, 120))).join('\\n'))"))!;

        // Where it is narrow, tables scroll, and axe cannot see what is scrolled away.
        Assert.True(width < 1000 || open.Length == 0, open);
    }

    [Fact]
    public async Task AxeWouldFindSomething()
    {
        Assert.SkipUnless(File.Exists(s_axe),
            "axe-core is not there: npm install --prefix artifacts/tools axe-core@4.14.1 (.ci/run does)");
        Assert.SkipUnless(browser.IsInstalled, "Chromium is not installed: apt install chromium");
        await browser.OpenAsync(
            _folder.Write("bad.html",
                "<!DOCTYPE html><title>x</title><p style='color:#ccc'>pale</p><img src='data:,'>"));
        await browser.EvaluateAsync(await File.ReadAllTextAsync(s_axe, TestContext.Current.CancellationToken) + "; 0");
        string found =
            (string)(await browser.EvaluateAsync(
                "axe.run(document).then(r => r.violations.map(v => v.id).join(' '))"))!;
        Assert.All((string[])["color-contrast", "html-has-lang", "image-alt"],
            id => Assert.Contains(id, found, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Whether the first command was written, whether it is selected or written, and what the button
    /// says.</summary>
    private async Task<string[]> CopyAsync(string write)
    {
        JsonArray said = (JsonArray)(await browser.EvaluateAsync(
            "(async () => { Object.defineProperty(navigator, 'clipboard', { value: { writeText: async t => (" + write
            + ")(t) } }); const box = document.querySelector('.command'), code = box.querySelector('code').textContent;"
            + " box.querySelector('button').click(); await new Promise(r => setTimeout(r, 0)); return "
            + "[window.copied === code, window.copied === code || getSelection().toString() === code, "
            + "box.querySelector('button').textContent] })()"))!;
        return [.. said.Select(static s => s!.ToString())];
    }

    private async Task<string> OpenAsync()
    {
        Assert.SkipUnless(browser.IsInstalled, "Chromium is not installed: apt install chromium");
        await browser.OpenAsync(report.Path);
        return report.Path;
    }
}
