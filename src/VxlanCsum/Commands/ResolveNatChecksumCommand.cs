using System.Management.Automation;
using System.Net;
using VxlanCsum.Checksums;

namespace VxlanCsum.Commands;

/// <summary>
/// <para type="synopsis">What NAT or offloading makes of a checksum, step by step, and what a checksum says of the
/// packet before.</para>
/// </summary>
[Cmdlet(VerbsDiagnostic.Resolve, "NatChecksum",
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(NatChecksumResult))]
public sealed class ResolveNatChecksumCommand : SafeCommand
{
    private const string NatSet = "Nat", PortSet = "OriginalPort", SeedSet = "Seed", LocalSet = "LocalOffload";

    /// <summary>The UDP or TCP checksum before NAT; 0 for none. The numbers of all checksums may be written
    /// 0x4e7f.</summary>
    [Parameter(ParameterSetName = NatSet, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public ushort Checksum { get; set; }

    /// <summary>The packet's skb->ip_summed when NAT meets it.</summary>
    [Parameter(ParameterSetName = NatSet, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("IpSummed")]
    public SkbChecksumState State { get; set; }

    /// <summary>
    /// With Partial: the checksum given is this header's own seed. Without it, Partial is about an inner header and the
    /// checksum is the tunnel's, finished or zero. TCP headers are always their own.
    /// </summary>
    [Parameter(ParameterSetName = NatSet, ValueFromPipelineByPropertyName = true)]
    public SwitchParameter OwnSeed { get; set; }

    /// <summary>udp_manip_pkt before or after the 2020 fix (Linux 5.7 and its backports).</summary>
    [Parameter(ParameterSetName = NatSet, ValueFromPipelineByPropertyName = true)]
    public NatKernel Kernel { get; set; } = NatKernel.AfterFix;

    /// <summary>The port before NAT.</summary>
    [Parameter(ParameterSetName = NatSet, ValueFromPipelineByPropertyName = true)]
    public ushort? OldPort { get; set; }

    /// <summary>The port after NAT: as captured.</summary>
    [Parameter(ParameterSetName = NatSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = PortSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("SourcePort")]
    public ushort? NewPort { get; set; }

    /// <summary>The address before NAT. Alone, or left out, it is kept.</summary>
    [Parameter(ParameterSetName = NatSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = PortSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public IPAddress? OldAddress { get; set; }

    /// <summary>The address after NAT; needs the old one.</summary>
    [Parameter(ParameterSetName = NatSet, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = PortSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public IPAddress? NewAddress { get; set; }

    /// <summary>The checksum as captured.</summary>
    [Parameter(ParameterSetName = PortSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = SeedSet)]
    [Parameter(ParameterSetName = LocalSet)]
    public ushort? Found { get; set; }

    /// <summary>The checksum that is right for the packet as captured.</summary>
    [Parameter(ParameterSetName = PortSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public ushort Expected { get; set; }

    /// <summary>The packet's destination address.</summary>
    [Parameter(ParameterSetName = SeedSet, Mandatory = true)]
    [ValidateNotNull]
    public IPAddress? DestinationAddress { get; set; }

    /// <summary>The packet's source address. Left out, the sum of its words is told from what was found.</summary>
    [Parameter(ParameterSetName = SeedSet)]
    [ValidateNotNull]
    public IPAddress? SourceAddress { get; set; }

    /// <summary>Bytes of the TCP or UDP header and its payload: the IP total length less the IP header.</summary>
    [Parameter(ParameterSetName = SeedSet, Mandatory = true)]
    public uint Length { get; set; }

    /// <summary>Tcp or Udp.</summary>
    [Parameter(ParameterSetName = NatSet)]
    [Parameter(ParameterSetName = SeedSet)]
    [ValidateSet(nameof(ChecksumProtocol.Udp), nameof(ChecksumProtocol.Tcp))]
    public ChecksumProtocol Protocol { get; set; } = ChecksumProtocol.Udp;

    /// <summary>The outer checksum that is right for the bytes as captured, the inner seed included (what tcpdump calls
    /// right).</summary>
    [Parameter(ParameterSetName = LocalSet, Mandatory = true)]
    public ushort OuterExpected { get; set; }

    /// <summary>The inner checksum as it will be once completed (what tcpdump calls right).</summary>
    [Parameter(ParameterSetName = LocalSet, Mandatory = true)]
    public ushort InnerFinal { get; set; }

    /// <summary>The inner checksum as captured.</summary>
    [Parameter(ParameterSetName = LocalSet, Mandatory = true)]
    public ushort InnerSeed { get; set; }

    private bool IsTcp => Protocol == ChecksumProtocol.Tcp;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        NatChecksumResult? result = ParameterSetName switch
        {
            PortSet => Fits(OldAddress, NewAddress, nameof(OldAddress), nameof(NewAddress))
                ? NatInverse.OriginalPort(Found.GetValueOrDefault(), Expected, NewPort.GetValueOrDefault(), OldAddress,
                    NewAddress)
                : null,
            SeedSet => ResolveSeed(),
            LocalSet => NatInverse.LocalOffload(OuterExpected, InnerFinal, InnerSeed, Found),
            _ => Fits(OldAddress, NewAddress, nameof(OldAddress), nameof(NewAddress))
                ? NatManipulation.Run(
                    new NatRequest(Checksum, State, OwnSeed || IsTcp, IsTcp, Kernel, OldAddress, NewAddress, OldPort,
                        NewPort))
                : null,
        };
        if (result is not null)
        {
            WriteObject(result);
        }
    }

    private NatChecksumResult? ResolveSeed()
    {
        if (SourceAddress is null && Found is null)
        {
            Refuse("NatChecksumNothingKnown",
                "Give -SourceAddress to compute the seed, or -Found to tell the source address' sum from a captured "
                + "one.", null);
            return null;
        }

        return SourceAddress is null
            || Fits(SourceAddress, DestinationAddress, nameof(SourceAddress), nameof(DestinationAddress))
            ? NatInverse.Seed(SourceAddress, DestinationAddress!, IsTcp, Length, Found)
            : null;
    }

    private bool Fits(IPAddress? first, IPAddress? second, string firstName, string secondName)
    {
        if (second is null || (first is not null && first.AddressFamily == second.AddressFamily))
        {
            return true;
        }

        if (first is null)
        {
            Refuse("NatChecksumOldAddressMissing",
                $"-{secondName} {second} needs -{firstName}: the change of the checksum depends on both.", second);
        }
        else
        {
            Refuse("NatChecksumAddressFamily",
                $"-{firstName} {first} and -{secondName} {second} are of different families (IPv4, IPv6): give two "
                + $"of one.", first);
        }

        return false;
    }

    private void Refuse(string errorId, string message, object? target) =>
        WriteError(new ErrorRecord(new ArgumentException(message), errorId, ErrorCategory.InvalidArgument, target));
}
