using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.EngineTests.Browsing;

/// <summary>Debian's Chromium without a window, driven over its DevTools protocol: one page at a time, and all that it
/// asks for or complains of.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly TemporaryFolder _profile = new();
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonObject>> _answers = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly CancellationTokenSource _end = new(s_patience * 4);
    private Process? _process;
    private Task _reading = Task.CompletedTask;
    private TaskCompletionSource _loaded = new();
    private string? _session;
    private int _id;

    /// <summary>Everything that pages asked for since <see cref="OpenAsync"/>.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>What the browser logged since then: errors, breaches of the page's policy.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Whether there is a browser to drive.</summary>
    public bool IsInstalled => _process is not null;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _process = s_names.Select(Start).OfType<Process>().FirstOrDefault();
        if (_process is null)
        {
            return;
        }

        await _socket.ConnectAsync(await AddressAsync(_process), _end.Token);
        _reading = Task.WhenAll(_reading, ReadAsync());
        string target =
            (string)(await SendAsync("Target.createTarget", new() { ["url"] = "about:blank" }))["targetId"]!;
        _session = (string)(await SendAsync("Target.attachToTarget",
            new() { ["targetId"] = target, ["flatten"] = true }))["sessionId"]!;
        foreach (string domain in (string[])["Page", "Network", "Runtime", "Log"])
        {
            await SendAsync($"{domain}.enable");
        }
    }

    /// <summary>Opens a file and waits until it is loaded.</summary>
    public async Task OpenAsync(string path)
    {
        _requests.Clear();
        _complaints.Clear();
        _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync("Page.navigate", new() { ["url"] = new Uri(path).AbsoluteUri });
        await _loaded.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
    }

    /// <summary>Whether pages that are opened from now on run scripts.</summary>
    public async Task AllowScriptsAsync(bool allow) =>
        await SendAsync("Emulation.setScriptExecutionDisabled", new() { ["value"] = !allow });

    /// <summary>As a reader would have it: "screen" or "print", "light" or "dark", and how wide.</summary>
    public async Task EmulateAsync(string media, string scheme, int width)
    {
        await SendAsync("Emulation.setEmulatedMedia", new()
        {
            ["media"] = media,
            ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }),
        });
        await SendAsync("Emulation.setDeviceMetricsOverride",
            new() { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });
    }

    /// <summary>What a script comes to, promises awaited; a failure of it fails the test.</summary>
    public async Task<JsonNode?> EvaluateAsync(string script)
    {
        JsonObject answer = await SendAsync("Runtime.evaluate",
            new() { ["expression"] = script, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.True(answer["exceptionDetails"] is null, answer["exceptionDetails"]?.ToJsonString());
        return answer["result"]!["value"]?.DeepClone();
    }

    /// <summary>The whole page as a picture.</summary>
    public async Task<byte[]> ScreenshotAsync() =>
        Convert.FromBase64String(
            (string)(await SendAsync("Page.captureScreenshot", new() { ["captureBeyondViewport"] = true }))["data"]!);

    /// <summary>The top of the page as a picture.</summary>
    public async Task<byte[]> ScreenshotAsync(int width, int height) =>
        Convert.FromBase64String(
            (string)(await SendAsync("Page.captureScreenshot", new()
            {
                ["clip"] = new JsonObject
                {
                    ["x"] = 0,
                    ["y"] = 0,
                    ["width"] = width,
                    ["height"] = height,
                    ["scale"] = 1,
                },
                ["captureBeyondViewport"] = true,
            }))["data"]!);

    /// <summary>The page as it prints.</summary>
    public async Task<byte[]> PrintAsync() =>
        Convert.FromBase64String(
            (string)(await SendAsync("Page.printToPDF", new() { ["preferCSSPageSize"] = true }))["data"]!);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
            await _reading;
            _process.Dispose();
        }

        _socket.Dispose();
        _end.Dispose();
        _profile.Dispose();
    }

    private Process? Start(string name)
    {
        // No name resolves: what a page asks of the network can only fail. A sandbox cannot be had as root.
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND",
            "--remote-debugging-port=0", $"--user-data-dir={_profile.Path}", "about:blank",
        ];
        try
        {
            return Process.Start(
                new ProcessStartInfo(name, arguments) { RedirectStandardError = true, RedirectStandardOutput = true });
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Where it listens, which it says on standard error.</summary>
    private async Task<Uri> AddressAsync(Process process)
    {
        const string Said = "DevTools listening on ";
        while (await process.StandardError.ReadLineAsync(_end.Token) is { } line)
        {
            if (line.StartsWith(Said, StringComparison.Ordinal))
            {
                _reading = Task.WhenAll(process.StandardError.BaseStream.CopyToAsync(Stream.Null),
                    process.StandardOutput.BaseStream.CopyToAsync(Stream.Null));
                return new Uri(line[Said.Length..]);
            }
        }

        throw new InvalidOperationException($"Chromium ended before it listened, with {process.ExitCode}.");
    }

    private async Task<JsonObject> SendAsync(string method, JsonObject? parameters = null)
    {
        int id = Interlocked.Increment(ref _id);
        TaskCompletionSource<JsonObject> answer =
            _answers[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        JsonObject message = new() { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session is not null)
        {
            message["sessionId"] = _session;
        }

        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text,
            endOfMessage: true, _end.Token);
        JsonObject received = await answer.Task.WaitAsync(s_patience, _end.Token);
        return received["result"] as JsonObject
            ?? throw new InvalidOperationException($"{method}: {received["error"]?.ToJsonString()}");
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        using MemoryStream message = new();
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(buffer.AsMemory(), _end.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    Take((JsonObject)JsonNode.Parse(message.ToArray())!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or JsonException)
        {
            foreach (TaskCompletionSource<JsonObject> waiting in _answers.Values)
            {
                waiting.TrySetException(e);
            }
        }
    }

    private void Take(JsonObject message)
    {
        if (message["id"] is { } id)
        {
            if (_answers.TryRemove((int)id, out TaskCompletionSource<JsonObject>? waiting))
            {
                waiting.SetResult(message);
            }

            return;
        }

        JsonNode? parameters = message["params"];
        switch ((string?)message["method"])
        {
            case "Network.requestWillBeSent":
                _requests.Enqueue((string)parameters!["request"]!["url"]!);
                break;
            case "Log.entryAdded":
                _complaints.Enqueue((string)parameters!["entry"]!["text"]!);
                break;
            case "Runtime.exceptionThrown" or "Runtime.consoleAPICalled":
                _complaints.Enqueue(parameters!.ToJsonString());
                break;
            case "Page.loadEventFired":
                _loaded.TrySetResult();
                break;
        }
    }
}
