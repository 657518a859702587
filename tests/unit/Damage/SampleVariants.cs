using System.IO.Compression;
using VxlanCsum.Captures.Files;
using Xunit;

namespace VxlanCsum.UnitTests.Damage;

/// <summary>Each sample capture as it is, as pcapng, and one of them compressed.</summary>
internal static class SampleVariants
{
    public static TheoryData<string> Names
    {
        get
        {
            TheoryData<string> names = [];
            foreach (string name in SampleCaptures.All.Select(path => Path.GetFileName(path)!))
            {
                names.Add(name);
                if (name.EndsWith(".pcap", StringComparison.Ordinal))
                {
                    names.Add($"{name} as pcapng");
                }
            }

            names.Add("snat-truncated.pcap as gzip");
            return names;
        }
    }

    public static byte[] Read(string name)
    {
        string[] parts = name.Split(" as ");
        byte[] capture = File.ReadAllBytes(TestData.PathOf("captures", parts[0]));
        return parts.Length == 1 ? capture : parts[1] == "gzip" ? Gzip(capture) : PcapNg(capture);
    }

    private static byte[] PcapNg(byte[] capture)
    {
        MemoryStream to = new();
        using CaptureReader reader = CaptureReaderFactory.Open(new MemoryStream(capture), "sample");
        using (PcapNgWriter writer = new(to))
        {
            while (reader.TryRead(out CapturedFrame frame))
            {
                writer.Write(in frame);
            }
        }

        return to.ToArray();
    }

    private static byte[] Gzip(byte[] capture)
    {
        MemoryStream to = new();
        using (GZipStream gzip = new(to, CompressionLevel.Optimal))
        {
            gzip.Write(capture);
        }

        return to.ToArray();
    }
}
