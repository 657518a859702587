using System.Globalization;
using System.Net;
using VxlanCsum.Tunnels;
using Xunit;

namespace VxlanCsum.UnitTests.Tickets;

/// <summary>Routes found by bits are those that a look at each finds.</summary>
public sealed class RouteTableTests
{
    [Theory]
    [InlineData("10.0.0.0", 12)]
    [InlineData("fd00::", 100)]
    public void ItFindsWhatALookAtEachFinds(string network, int least)
    {
        var random = new Random(16);
        byte[] bytes = IPAddress.Parse(network).GetAddressBytes();
        int bits = bytes.Length * 8;
        for (int round = 0; round < 300; round++)
        {
            TextRoute[] routes = [.. Enumerable.Range(1, random.Next(1, 30)).Select(i =>
                new TextRoute(Network(random, bytes, random.Next(5) == 0 ? 0 : random.Next(least, bits + 1)), i)
                {
                    Refusal = random.Next(3) == 0 ? "blackhole" : null,
                    IsAnswer = random.Next(4) == 0,
                })];
            var table = new RouteTable(routes);
            for (int i = 0; i < 50; i++)
            {
                IPAddress address = Network(random, bytes, bits).BaseAddress;
                Assert.Same(routes.Where(r => r.Destination.Contains(address))
                    .OrderByDescending(static r => r.Destination.PrefixLength).ThenByDescending(static r => r.IsAnswer)
                    .FirstOrDefault(), table.To(address));
                IPNetwork part = Network(random, bytes, random.Next(least, bits + 1));
                Assert.True(routes.Any(r => r.Refusal is null && r.Destination.PrefixLength > part.PrefixLength
                    && part.Contains(r.Destination.BaseAddress)) == table.HasWayInside(part),
                    string.Create(CultureInfo.InvariantCulture, $"{part} among {string.Join(", ", routes.AsEnumerable())}"));
            }
        }
    }

    [Fact]
    public void OneFamilySaysNothingOfTheOther()
    {
        var table = new RouteTable([new TextRoute(IPNetwork.Parse("::/0"), 1), new TextRoute(IPNetwork.Parse("10.1.0.0/16"), 2)]);
        Assert.Null(table.To(IPAddress.Parse("192.0.2.1")));
        Assert.Equal(1, table.To(IPAddress.Parse("2001:db8::1"))!.Line);
        Assert.True(table.HasWayInside(IPNetwork.Parse("10.0.0.0/8")));
        Assert.False(table.HasWayInside(IPNetwork.Parse("10.1.0.0/16")));
        Assert.False(table.HasWayInside(IPNetwork.Parse("::/0")));
    }

    private static IPNetwork Network(Random random, byte[] like, int length)
    {
        byte[] bytes = [.. like];
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            // Few bits differ, so that networks often hold one another.
            if (bit >= length)
            {
                bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
            }
            else if (bit >= (bytes.Length * 8) - 20 && random.Next(4) == 0)
            {
                bytes[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            }
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }
}
