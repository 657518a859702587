using System.Management.Automation;
using VxlanCsum.Clusters;
using VxlanCsum.Diagnoses;
using VxlanCsum.Node.Diagnoses;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Files;
using VxlanCsum.Text;

namespace VxlanCsum.Sources;

/// <summary>Reads what nodes reported: diagnoses as objects, and folders of saved diagnoses, of Export-Clixml's files
/// and of metrics.</summary>
internal static class NodeReportSource
{
    private const long LargestFile = 32 << 20;

    /// <summary>A NodeDiagnosis, alive or deserialized; false for anything else.</summary>
    public static bool TryAdd(NodeReports reports, PSObject given)
    {
        var read = new PipelineObject(given);
        if (read.TypeName != nameof(NodeDiagnosis)
            || !Enum.TryParse(read.Word(nameof(NodeDiagnosis.Verdict)), out DiagnosisVerdict verdict))
        {
            return false;
        }

        string? cause = read.Text(nameof(NodeDiagnosis.Cause));
        Reports.Reading.ReportObject? best = read.Children(nameof(NodeDiagnosis.Mitigations)).FirstOrDefault();
        string[] cures = best is null ? []
            : [best.Word(nameof(ChecksumMitigation.Kind)), .. best.Texts(nameof(ChecksumMitigation.Commands))];
        reports.Add(read.Word(nameof(NodeDiagnosis.NodeName)),
            new NodeReport(verdict, cause == nameof(ChecksumCause.None) ? null : cause,
                read.Time(nameof(NodeDiagnosis.Timestamp)), cures));
        return true;
    }

    /// <summary>All that a folder holds; a file is taken by itself.</summary>
    /// <param name="reports">Where they go.</param>
    /// <param name="path">A full path.</param>
    /// <param name="report">Told of each that cannot be read.</param>
    /// <param name="cancellation">Ends it.</param>
    public static void Read(NodeReports reports, string path, Action<NodeException> report,
        CancellationToken cancellation)
    {
        IEnumerable<string> entries = File.Exists(path) || File.Exists(Path.Combine(path, "evidence.json")) ? [path]
            : Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path).Order(StringComparer.Ordinal)
                : throw Failure(path, "is not there");
        foreach (string entry in entries)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                ReadOne(reports, entry, cancellation);
            }
            catch (NodeException e)
            {
                report(e);
            }
            catch (Exception e)
                when (e is IOException or UnauthorizedAccessException or System.Xml.XmlException
                    or PSInvalidOperationException)
            {
                report(Failure(entry, $"cannot be read: {SafeText.Escape(e.Message, 300)}"));
            }
        }
    }

    private static void ReadOne(NodeReports reports, string entry, CancellationToken cancellation)
    {
        if (Directory.Exists(entry))
        {
            if (File.Exists(Path.Combine(entry, "evidence.json")))
            {
                TryAdd(reports,
                    PSObject.AsPSObject(DiagnosisJudge.Judge(EvidenceFolder.Load(entry, cancellation), cancellation)));
            }

            return;
        }

        if (new FileInfo(entry).Length > LargestFile)
        {
            throw Failure(entry, "is larger than any report");
        }

        switch (Path.GetExtension(entry).ToUpperInvariant())
        {
            case ".PROM":
                var metrics = new NodeMetrics();
                using (StreamReader text = new(BoundedFile.OpenText(entry)))
                {
                    metrics.Read(text, entry);
                }

                metrics.AddTo(reports);
                break;
            case ".XML" or ".CLIXML":
                foreach (object item in PSSerializer.DeserializeAsList(
                    System.Text.Encoding.UTF8.GetString(BoundedFile.ReadAll(entry, LargestFile))))
                {
                    foreach (object one in LanguagePrimitives.GetEnumerable(item) ?? new[] { item })
                    {
                        TryAdd(reports, PSObject.AsPSObject(one));
                    }
                }

                break;
        }
    }

    private static NodeException Failure(string path, string problem) => new(
        NodeErrorId.NodeReportsUnreadable, NodeFailure.Failed, path, $"{SafeText.Escape(path)} {problem}.",
        "Give a folder of reports: .prom files, files of Export-Clixml, or folders that Get-ChecksumDiagnosis "
        + "-SaveTo made.");
}
