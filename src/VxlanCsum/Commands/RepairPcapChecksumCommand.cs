using System.Management.Automation;
using VxlanCsum.Captures.Files;
using VxlanCsum.Captures.Repair;
using VxlanCsum.Errors;
using VxlanCsum.Sources;
using VxlanCsum.Text;

namespace VxlanCsum.Commands;

/// <summary>Repair-PcapChecksum: a copy of a capture in which the checksums are right.</summary>
/// <remarks>The copy appears whole or not at all: it is written aside and renamed.</remarks>
[Cmdlet(VerbsDiagnostic.Repair, "PcapChecksum", DefaultParameterSetName = PathSet, SupportsShouldProcess = true,
    HelpUri = SafeCommand.OnlineHelp)]
[OutputType(typeof(CaptureRepair))]
public sealed class RepairPcapChecksumCommand : CaptureFileCommand
{
    /// <summary>
    /// The capture to write, in nanoseconds: pcapng where its name ends so, else pcap; gzip-compressed where it ends in
    /// .gz. A folder that exists gets a file of the same name.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = string.Empty;

    /// <summary>Which checksums to make right: All (default), Outer (outside any tunnel) or Inner.</summary>
    [Parameter]
    public RepairTarget Layer { get; set; }

    /// <summary>Replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>What stopped the reading, where something of the capture had been delivered.</summary>
    private CaptureException? Repair(string path, ChecksumRepair repair, CaptureCopy copy)
    {
        try
        {
            foreach (CapturedFrame frame in ReadFrames(path))
            {
                copy.Write(repair.Apply(in frame));
            }

            return null;
        }
        catch (CaptureException error)
            when (copy.Count > 0 && error.ErrorId != CaptureErrorId.Unwritable
                && error.ErrorId != CaptureErrorId.MixedLinkTypes)
        {
            // What was read before the damage is delivered here, too.
            return error;
        }
    }

    private protected override void ProcessCapture(string path)
    {
        string target = Target(path);
        if (!Force && File.Exists(target))
        {
            throw new CaptureException(CaptureErrorId.Exists, target, -1, "is there already.");
        }

        if (!ShouldProcess(target, $"Write {path} with right checksums"))
        {
            return;
        }

        ChecksumRepair repair = new(Ports, Layer);
        using CaptureCopy copy = new(target, Force);
        CaptureException? damage = Repair(path, repair, copy);
        Stopped.ThrowIfCancellationRequested();
        copy.Complete();
        WriteObject(new CaptureRepair
        {
            Source = SafeText.Path(path),
            Path = SafeText.Path(target),
            Packets = copy.Count,
            RepairedPackets = repair.Frames,
            RepairedChecksums = repair.Checksums,
            UnverifiedChecksums = repair.Unverified,
            SpoiltChecksums = repair.Spoilt,
            Complete = damage is null,
        });
        if (repair.Spoilt > 0)
        {
            string were = repair.Spoilt == 1 ? "checksum was right and is wrong now"
                : "checksums were right and are wrong now";
            WriteWarning($"{target}: {repair.Spoilt} outer {were}, since it covers what was repaired inside. "
                + "-Layer All mends both.");
        }

        if (damage is not null)
        {
            WriteError(CaptureErrors.Record(damage));
        }
    }

    private string Target(string path)
    {
        string target = GetUnresolvedProviderPathFromPSPath(Destination);
        return Directory.Exists(target) && path != CaptureFile.StandardInput
            ? System.IO.Path.Combine(target, System.IO.Path.GetFileName(path)) : target;
    }
}
