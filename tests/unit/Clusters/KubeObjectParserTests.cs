using System.Text;
using System.Text.Json;
using VxlanCsum.Clusters;
using VxlanCsum.Text;
using Xunit;

namespace VxlanCsum.UnitTests.Clusters;

public sealed class KubeObjectParserTests
{
    private const string Two = """{"kind":"Node","metadata":{"name":"a"}},{"kind":"Pod","metadata":{"name":"b"}}""";

    [Theory]
    [InlineData("""{"apiVersion":"v1","items":[""" + Two + """],"kind":"List","metadata":{}}""", "Node a, Pod b")]
    [InlineData("""{"kind":"List","metadata":{"continue":""},"items":[""" + Two + """]}""", "Node a, Pod b")]
    [InlineData("[" + Two + "]", "Node a, Pod b")]
    [InlineData("{\"kind\":\"Node\",\"metadata\":{\"name\":\"a\"}}\n\n{\"metadata\":{\"name\":\"b\"},\"kind\":\"Pod\"}\n", "Node a, Pod b")]
    [InlineData("""{"kind":"NodeList","items":[{"metadata":{"name":"a"}}]}{"kind":"PodList","apiVersion":"v1","items":"""
        + """[{"metadata":{"name":"b"}}]}""", "Node a, Pod b")]
    [InlineData("""{"items":[{"metadata":{"name":"a"}}],"kind":"NodeList"}""", " a")]
    [InlineData("\uFEFF  [ ]  {\"items\":[]}  ", "")]
    [InlineData("""{"spec":{"items":[1,2]},"kind":"Other","metadata":{"name":"{]\"x\\"}}""", "Other {]\"x\\")]
    [InlineData("""{"items":{"a":1},"kind":"Odd","metadata":{"name":"n"}}""", "Odd n")]
    [InlineData("", "")]
    public void Lists_arrays_single_objects_and_several_of_them_are_taken_apart(string text, string expected)
    {
        Assert.Equal(expected, string.Join(", ", Parse(text, int.MaxValue)));
        Assert.Equal(expected, string.Join(", ", Parse(text, 1)));
    }

    [Fact]
    public void Large_objects_in_small_pieces_come_out_whole()
    {
        string filling = string.Concat(
            Enumerable.Repeat("""{"image":"registry/image\u00e9\ud83d\ude00\\\"{[:v1"},""", 20_000));
        string text =
            $$$$"""{"kind":"NodeList","items":[{"metadata":{"name":"a"},"images":[{{{{filling.TrimEnd(',')}}}}]},"""
                + $$$$"""{"metadata":{"name":"b"}}],"metadata":{"continue":"next","remainingItemCount":7}}""";
        List<string> found = [];
        using KubeObjectParser parser = new(
            (kind, item) => found.Add(item.Text("metadata", "name") + (item.At("images")?.GetArrayLength() ?? 0)));
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < bytes.Length; i += 999)
        {
            parser.Write(bytes.AsSpan(i, Math.Min(999, bytes.Length - i)));
        }

        parser.Complete();
        Assert.Equal(["a20000", "b0"], found);
        Assert.Equal(("next", 7L, 2L, 1), (parser.Continue, parser.Remaining, parser.Count, parser.Documents));
    }

    [Theory]
    [InlineData("NAME STATUS\nnode-1 Ready", KubeTextErrorId.NotJson, 1, 0)]
    [InlineData("\n\nkind: Node", KubeTextErrorId.NotJson, 3, 0)]
    [InlineData("""{"items":[{"kind":"Node"},{"kind":"Pod""", KubeTextErrorId.Truncated, 1, 1)]
    [InlineData("{\"items\":[\n{\"kind\":\"Node\"},\n", KubeTextErrorId.Truncated, 3, 1)]
    [InlineData("{\"items\":[\n{\"kind\":\"Node\"}\n}", KubeTextErrorId.Invalid, 3, 1)]
    [InlineData("{\"items\":[\n{\"kind\":\"Node\"},\nnonsense]}", KubeTextErrorId.Invalid, 3, 1)]
    [InlineData("{\"items\":[]}\n{\"items\":[\n\n{\"kind\":}]}", KubeTextErrorId.Invalid, 4, 0)]
    [InlineData("{}\n}", KubeTextErrorId.NotJson, 2, 1)]
    public void What_is_wrong_is_told_with_its_line_and_what_came_before_was_read(string text, string errorId,
        long line, int found)
    {
        int count = 0;
        using KubeObjectParser parser = new((_, _) => count++);
        KubeTextException error = Assert.Throws<KubeTextException>(() =>
        {
            parser.Write(Encoding.UTF8.GetBytes(text));
            parser.Complete();
        });
        Assert.Equal((errorId, line, found), (error.ErrorId, error.Line, count));

        // Nothing more is made of what follows.
        parser.Write("[{}]"u8);
        parser.Complete();
        Assert.Equal(found, count);
    }

    [Fact]
    public void An_object_without_end_is_given_up()
    {
        using KubeObjectParser parser = new((_, _) => Assert.Fail("there is no object"));
        parser.Write("[{\"a\":\""u8);
        byte[] piece = new byte[1 << 20];
        piece.AsSpan().Fill((byte)'x');
        KubeTextException error = Assert.Throws<KubeTextException>(() =>
        {
            for (int i = 0; i < 64; i++)
            {
                parser.Write(piece);
            }
        });
        Assert.Equal(KubeTextErrorId.TooLarge, error.ErrorId);
        Assert.InRange(parser.LargestHeld, KubeObjectParser.LargestObject, 3 * KubeObjectParser.LargestObject);
    }

    [Fact]
    public void Deep_nesting_is_refused_without_harm()
    {
        using KubeObjectParser parser = new((_, _) => { });
        Assert.Equal(KubeTextErrorId.Invalid, Assert.Throws<KubeTextException>(() => parser.Read(
            new MemoryStream(Encoding.UTF8.GetBytes(new string('[', 100_000))), static _ => { },
            CancellationToken.None)).ErrorId);
    }

    [Fact]
    public void Of_ten_thousand_nodes_one_is_held_at_a_time()
    {
        ClusterReading reading = new(static _ => []);
        List<ClusterNode> nodes = [];
        List<JsonElement> objects = [];
        using KubeObjectParser parser = new((kind, item) =>
        {
            nodes.Add(reading.Add(kind, item)!);
            objects.Add(item);
        });
        using GeneratedNodeList list = new(10_000);
        parser.Read(list, static _ => { }, TestContext.Current.CancellationToken);
        Assert.Equal(10_000, nodes.Count);
        Assert.Equal(("node-0", "node-9999"), (nodes[0].Name, nodes[^1].Name));
        Assert.True(list.Length > 50_000_000, $"the list is {list.Length} bytes");

        // Of more than 50 MB at most some pieces of 64 KiB are held at once, and of the objects none is kept.
        Assert.InRange(parser.LargestHeld, 1, 1 << 18);
        Assert.All(objects, static o => Assert.Throws<ObjectDisposedException>(() => o.ValueKind));
        Assert.Same(nodes[0].Kernel, nodes[^1].Kernel);
        GC.KeepAlive(reading);
    }

    private static List<string> Parse(string text, int step)
    {
        List<string> found = [];
        using KubeObjectParser parser = new((kind, item) => found.Add($"{kind} {item.Raw("metadata", "name")}"));
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < bytes.Length; i += Math.Min(step, bytes.Length - i))
        {
            parser.Write(bytes.AsSpan(i, Math.Min(step, bytes.Length - i)));
        }

        parser.Complete();
        return found;
    }

    /// <summary>A NodeList that is made while it is read.</summary>
    private sealed class GeneratedNodeList(int count) : Stream
    {
        private static readonly string s_images = string.Join(",",
            Enumerable.Range(0, 50).Select(
                static i => $$$$"""{"names":["registry.k8s.io/image-{{{{i}}}}@sha256:{{{{new string('a', 64)}}}}"],"sizeBytes":12345678}"""));
        private byte[] _rest = """{"kind":"NodeList","apiVersion":"v1","items":["""u8.ToArray();
        private int _at, _next;
        private long _length;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => _length;
        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int length)
        {
            if (_at == _rest.Length)
            {
                if (_next > count)
                {
                    return 0;
                }

                string text = _next == count ? "]}" : (_next > 0 ? "," : string.Empty)
                    + $$$$"""{"metadata":{"name":"node-{{{{_next}}}}"},"status":"""
                    + $$$$"""{"images":[{{{{s_images}}}}],"nodeInfo":{"kernelVersion":"5.4.0-42-generic","kubeletVersion":"v1.18.5"}}}""";
                _next++;
                _rest = Encoding.UTF8.GetBytes(text);
                _at = 0;
            }

            int taken = Math.Min(length, _rest.Length - _at);
            _rest.AsSpan(_at, taken).CopyTo(buffer.AsSpan(offset));
            _at += taken;
            _length += taken;
            return taken;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int length) => throw new NotSupportedException();
    }
}
