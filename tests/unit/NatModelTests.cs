using System.Net;
using VxlanCsum.Checksums;
using VxlanCsum.Diagnoses;
using VxlanCsum.Verdicts;
using Xunit;

namespace VxlanCsum.UnitTests;

/// <summary>The kernel's incremental arithmetic against checksums computed from scratch, over random packets.</summary>
public sealed class NatModelTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void A_finished_checksum_is_updated_to_what_a_new_computation_gives(int addressSize)
    {
        Random random = new(11);
        for (int i = 0; i < 2000; i++)
        {
            Packet packet = new(random, addressSize);
            NatChecksumResult result = NatManipulation.Run(
                packet.Request(packet.Right(old: true), SkbChecksumState.None));
            Assert.Equal(packet.Right(old: false), result.Result);
            Assert.True(result.IsRight);
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void Defect_B_reads_backwards_to_the_port_it_came_from(int addressSize)
    {
        Random random = new(12);
        for (int i = 0; i < 2000; i++)
        {
            Packet packet = new(random, addressSize);
            ushort before = packet.Right(old: true);
            NatChecksumResult wire = NatManipulation.Run(packet.Request(before, SkbChecksumState.Partial));
            Assert.Equal(packet.Right(old: false), wire.Right);

            NatChecksumResult back = NatInverse.OriginalPort(wire.Result!.Value, wire.Right!.Value, packet.NewPort,
                packet.OldAddress, packet.NewAddress);
            Assert.Equal(packet.OldPort % 0xffff, back.ImpliedOriginalPort);
            Assert.True(back.ImpliedLocalChecksum is null
                || NatModel.AreEqual(before, back.ImpliedLocalChecksum.Value));
        }
    }

    [Fact]
    public void Defect_A_by_the_kernels_way_is_the_constant()
    {
        Random random = new(13);
        for (int i = 0; i < 2000; i++)
        {
            Packet packet = new(random, i % 2 == 0 ? 4 : 16);
            NatRequest request = packet.Request(0, SkbChecksumState.Partial) with { Kernel = NatKernel.BeforeFix };
            ushort constant = NatModel.OfZero(PseudoHeader.AddressSum(packet.OldAddress),
                PseudoHeader.AddressSum(packet.NewAddress));
            Assert.Equal(constant, NatManipulation.Run(request).Result);
            Assert.Equal((ushort)0, NatManipulation.Run(request with { Kernel = NatKernel.AfterFix }).Result);
            Assert.Equal((ushort)0, NatManipulation.Run(request with { State = SkbChecksumState.None }).Result);
        }
    }

    [Fact]
    public void A_result_of_zero_is_mangled_in_udp_and_stays_zero_in_tcp()
    {
        // ~fold(~check + ~old + new) is zero when new port = old port + check.
        NatRequest request = new(0x1000, SkbChecksumState.None, OwnSeed: false, IsTcp: false, NatKernel.AfterFix, null,
            null, 1, 0x1001);
        Assert.Equal((ushort)0xffff, NatManipulation.Run(request).Result);
        Assert.Equal((ushort)0, NatManipulation.Run(request with { IsTcp = true }).Result);
    }

    [Fact]
    public void Nothing_changes_when_nothing_is_translated()
    {
        foreach (SkbChecksumState state in Enum.GetValues<SkbChecksumState>())
        {
            NatChecksumResult result = NatManipulation.Run(
                new NatRequest(0xbd67, state, OwnSeed: false, IsTcp: false, NatKernel.AfterFix, IPAddress.Loopback,
                    IPAddress.Loopback, 53, 53));
            Assert.Equal((ushort)0xbd67, result.Result);
            Assert.Equal(ChecksumCause.None, result.Cause);
        }
    }

    private sealed class Packet
    {
        private readonly byte[] _payload;
        private readonly IPAddress _destination;

        public Packet(Random random, int addressSize)
        {
            OldAddress = Address(random, addressSize);
            NewAddress = random.Next(3) == 0 ? OldAddress : Address(random, addressSize);
            _destination = Address(random, addressSize);
            OldPort = (ushort)random.Next(1, 0xffff);
            NewPort = (ushort)random.Next(1, 0xffff);
            _payload = new byte[random.Next(1, 60)];
            random.NextBytes(_payload);
        }

        public IPAddress OldAddress { get; }
        public IPAddress NewAddress { get; }
        public ushort OldPort { get; }
        public ushort NewPort { get; }

        public NatRequest Request(ushort checksum, SkbChecksumState state) =>
            new(checksum, state, OwnSeed: false, IsTcp: false, NatKernel.AfterFix, OldAddress, NewAddress, OldPort,
                NewPort);

        /// <summary>From scratch, over pseudo-header, UDP header and payload.</summary>
        public ushort Right(bool old)
        {
            ushort length = (ushort)(8 + _payload.Length), port = old ? OldPort : NewPort;
            byte[] segment = [(byte)(port >> 8), (byte)port, 0x12, 0xb5, (byte)(length >> 8), (byte)length, 0, 0,
                .. _payload];
            ushort seed = PseudoHeader.Seed(old ? OldAddress : NewAddress, _destination, 17, length);
            ushort value = (ushort)~OnesComplement.Fold((ulong)seed + OnesComplement.Sum(segment));
            return value == 0 ? (ushort)0xffff : value;
        }

        private static IPAddress Address(Random random, int size)
        {
            byte[] bytes = new byte[size];
            random.NextBytes(bytes);
            return new IPAddress(bytes);
        }
    }
}
