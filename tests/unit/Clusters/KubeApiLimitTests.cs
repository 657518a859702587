using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using k8s;
using VxlanCsum.Node.Clusters;
using VxlanCsum.Node.Errors;
using Xunit;

namespace VxlanCsum.UnitTests.Clusters;

/// <summary>An API server that never comes to an end is left, and said to be endless: by pages, by bytes, by
/// time.</summary>
public sealed class KubeApiLimitTests : IDisposable, IKubePages
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private int _requests, _objects;

    [Fact]
    public void AListOfEndlessPagesIsLeft()
    {
        const int Most = 20;
        Serve(stream => Write(stream,
            $$"""{"kind":"NodeList","metadata":{"continue":"{{_requests}}"},"items":[{"metadata":{"name":"n"} }]}"""));
        NodeException left = Read(new KubeApiOptions { MostPages = Most });
        Assert.Contains("after 20 pages", left.Message, StringComparison.Ordinal);
        Assert.Equal((Most, Most), (_requests, _objects));
    }

    [Fact]
    public void AnAnswerOfEndlessBytesIsLeft()
    {
        Serve(static stream =>
        {
            Write(stream, "{\"kind\":\"NodeList\",\"items\":[");
            while (true)
            {
                Write(stream, "{\"metadata\":{\"name\":\"" + new string('n', 4000) + "\"}},");
            }
        });
        NodeException left = Read(new KubeApiOptions { MostBytes = 1 << 20 });
        Assert.Contains("after 1 MiB", left.Message, StringComparison.Ordinal);
        Assert.InRange(_objects, 200, 400);
    }

    [Fact]
    public void AnAnswerThatTricklesForEverIsLeft()
    {
        Serve(static stream =>
        {
            Write(stream, "{\"kind\":\"NodeList\",\"items\":[");
            while (true)
            {
                Write(stream, " ");
                Thread.Sleep(20);
            }
        });
        NodeException left = Read(new KubeApiOptions { Longest = TimeSpan.FromSeconds(0.5) });
        Assert.Contains("after 0.5 s", left.Message, StringComparison.Ordinal);
        Assert.Equal(1, _requests);
    }

    void IKubePages.Begin()
    {
    }

    void IKubePages.Add(JsonElement item) => _objects++;

    void IKubePages.End(long? remaining)
    {
    }

    public void Dispose() => _server.Dispose();

    private NodeException Read(KubeApiOptions options)
    {
        var context = new KubeContext("test", new KubernetesClientConfiguration { Host = $"http://{_server.LocalEndpoint}" }, null, null);
        using var connection = new KubeConnection(context, options.Patience);
        var api = new KubeApi(connection, options, TestContext.Current.CancellationToken);
        return Assert.Throws<NodeException>(() => api.List(KubeResource.Nodes, string.Empty, this));
    }

    /// <summary>Takes connections until the test is over: each is asked once, and answered as long as the other side
    /// listens.</summary>
    private void Serve(Action<Stream> answer)
    {
        _server.Start();
        _ = Task.Run(() =>
        {
            while (true)
            {
                try
                {
                    using TcpClient client = _server.AcceptTcpClient();
                    using NetworkStream stream = client.GetStream();
                    using var asked = new StreamReader(stream, leaveOpen: true);
                    while (asked.ReadLine() is { Length: > 0 })
                    {
                    }

                    _requests++;
                    Write(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
                    answer(stream);
                }
                catch (IOException)
                {
                    // The other side has had enough.
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    return;
                }
            }
        });
    }

    private static void Write(Stream stream, string text) => stream.Write(Encoding.UTF8.GetBytes(text));
}
