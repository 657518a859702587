using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using VxlanCsum.EngineTests.Hosting;

namespace VxlanCsum.LabTests.Mitigations;

/// <summary>
/// As much of an API server as kubectl needs to read and patch Calico's felixconfiguration "default", in a network
/// namespace. One request a connection, on a thread of its own that opens nothing in that namespace.
/// </summary>
internal sealed class FelixApi : IDisposable
{
    private const string Group = "crd.projectcalico.org/v1";
    private readonly TemporaryFolder _folder = new();
    private readonly Socket _listener;
    private readonly Thread _thread;
    private readonly JsonObject _felix = new()
    {
        ["apiVersion"] = Group,
        ["kind"] = "FelixConfiguration",
        ["metadata"] = new JsonObject { ["name"] = "default" },
        ["spec"] = new JsonObject { ["vxlanPort"] = 4789, ["featureDetectOverride"] = "SNATFullyRandom=true" },
    };

    public FelixApi(LabNamespace place)
    {
        _listener = place.Inside(static () =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            socket.Listen();
            return socket;
        });
        Kubeconfig = _folder.Write("config", string.Create(CultureInfo.InvariantCulture, $$$"""
            {"apiVersion":"v1","kind":"Config","current-context":"lab",
             "clusters":[{"name":"lab","cluster":{"server":"http://{{{_listener.LocalEndPoint}}}"}}],
             "contexts":[{"name":"lab","context":{"cluster":"lab","user":"lab"}}],"users":[{"name":"lab","user":{}}]}
            """));
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public string Kubeconfig { get; }

    /// <summary>Where kubectl may keep what it learnt of the server.</summary>
    public string Home => _folder.Path;

    /// <summary>The configuration as it is now.</summary>
    public string State
    {
        get
        {
            lock (_felix)
            {
                return _felix.ToJsonString();
            }
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _thread.Join();
        _folder.Dispose();
    }

    private void Serve()
    {
        while (true)
        {
            try
            {
                using Socket client = _listener.Accept();
                using var stream = new NetworkStream(client);
                Answer(stream);
            }
            catch (SocketException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (IOException)
            {
                // kubectl was killed: the next one comes.
            }
        }
    }

    private void Answer(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, false, 1 << 16, leaveOpen: true);
        string[] request = (reader.ReadLine() ?? throw new IOException("nothing was asked")).Split(' ');
        int length = 0;
        while (reader.ReadLine() is { Length: > 0 } header)
        {
            length = header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)
                ? int.Parse(header[15..], CultureInfo.InvariantCulture) : length;
        }

        char[] body = new char[length];
        reader.ReadBlock(body);
        (int code, string answer) = Answer(request[0], request[1].Split('?')[0], new string(body));
        byte[] bytes = Encoding.UTF8.GetBytes(answer);
        stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {code} .\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\n"
            + $"Connection: close\r\n\r\n")));
        stream.Write(bytes);
    }

    private (int Code, string Body) Answer(string method, string path, string body)
    {
        switch (path)
        {
            case "/api":
                return (200, """{"kind":"APIVersions","versions":["v1"]}""");
            case "/api/v1":
                return (200, """{"kind":"APIResourceList","groupVersion":"v1","resources":[]}""");
            case "/apis":
                const string Version = $$"""{"groupVersion":"{{Group}}","version":"v1"}""";
                return (200, $$"""
                    {"kind":"APIGroupList","apiVersion":"v1","groups":[
                     {"name":"crd.projectcalico.org","versions":[{{Version}}],"preferredVersion":{{Version}}}]}
                    """);
            case $"/apis/{Group}":
                return (200, $$"""
                    {"kind":"APIResourceList","apiVersion":"v1","groupVersion":"{{Group}}","resources":[
                     {"name":"felixconfigurations","singularName":"felixconfiguration","namespaced":false,
                      "kind":"FelixConfiguration","verbs":["get","list","patch"]}]}
                    """);
            case $"/apis/{Group}/felixconfigurations/default":
                lock (_felix)
                {
                    if (method == "PATCH")
                    {
                        Merge(_felix, JsonNode.Parse(body)!.AsObject());
                    }

                    return (200, _felix.ToJsonString());
                }

            default:
                return (404, """{"kind":"Status","status":"Failure","reason":"NotFound","code":404}""");
        }
    }

    /// <summary>RFC 7396.</summary>
    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach ((string name, JsonNode? value) in patch)
        {
            if (value is JsonObject deep && target[name] is JsonObject there)
            {
                Merge(there, deep);
            }
            else if (value is null)
            {
                target.Remove(name);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }
}
