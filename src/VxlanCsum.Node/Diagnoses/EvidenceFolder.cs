using System.Globalization;
using System.Security.Cryptography;
using VxlanCsum.Captures.Files;
using VxlanCsum.Diagnoses;
using VxlanCsum.Diagnoses.Saving;
using VxlanCsum.Netfilter.Reading;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Files;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Diagnoses;

/// <summary>A folder with all that a diagnosis stands on, to be judged elsewhere. No secret is in it: of packets the
/// headers, of nodes no key.</summary>
internal static class EvidenceFolder
{
    private const string DocumentFile = "evidence.json";
    private const int KeyLength = 32, MostFiles = 100;

    /// <summary>Four times what the largest node had: 97,000 rules are 15 MB.</summary>
    private const long LargestDocument = 32 << 20, LargestRules = 64 << 20;

    /// <summary>Makes the folder ready; one that is there must be empty.</summary>
    /// <exception cref="NodeException">It is not empty, or cannot be written to.</exception>
    public static void Prepare(string path) => WrapErrors(path, () =>
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw new NodeException(NodeErrorId.EvidenceFolderInUse, NodeFailure.InvalidArgument, path,
                $"{SafeText.Escape(path)} is there already and not an empty folder.",
                "Give another path: nothing is overwritten.");
        }

        // It tells a lot of the node: what is missing of the way is made for its owner alone.
        GuardedFile.At(Path.Combine(path, DocumentFile), FolderTrust.Anyones, createFolders: true).Dispose();
        return true;
    });

    /// <summary>Makes a new file in the folder, its owner's alone.</summary>
    /// <exception cref="IOException">Something stands there, or the folder is not what it was.</exception>
    public static FileStream Create(string path)
    {
        using GuardedFile place = GuardedFile.At(path, FolderTrust.Anyones);
        return place.TryCreateNew()
            ?? throw new IOException($"{SafeText.Escape(path)} came to be there meanwhile; nothing is overwritten");
    }

    /// <summary>Writes what was gathered.</summary>
    /// <exception cref="NodeException">It cannot be written.</exception>
    public static void Save(string path, Gathered gathered, bool anonymize) => WrapErrors(path, () =>
    {
        (NodeEvidence evidence, IReadOnlyList<RuleText> texts) = anonymize ? Anonymized(gathered)
            : (gathered.Evidence, gathered.RuleTexts);
        var rules = new List<SavedRules>();
        foreach (RuleText text in texts)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"rules-{rules.Count + 1}-{text.Program}.txt");
            Write(Path.Combine(path, name), text.Text.Span);
            rules.Add(new SavedRules(name, text.Program, text.Backend, text.Family));
        }

        Write(Path.Combine(path, DocumentFile), EvidenceJson.Write(EvidenceDocument.Of(evidence, rules)));
        return true;
    });

    /// <summary>Goes through all twice: ranges and wildcards are to be known before what they hold is mapped.</summary>
    private static (NodeEvidence Evidence, IReadOnlyList<RuleText> Texts) Anonymized(Gathered gathered)
    {
        var node = new NodeAnonymizer(RandomNumberGenerator.GetBytes(KeyLength));
        var printer = new RuleTextAnonymizer(node);
        foreach (RuleText text in gathered.RuleTexts)
        {
            printer.Print(text);
        }

        node.IsLearning = false;
        return (new EvidenceAnonymizer(node).Map(gathered.Evidence),
            [.. gathered.RuleTexts.Select(t => t with { Text = printer.Print(t) })]);
    }

    private static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using FileStream file = Create(path);
        file.Write(bytes);
    }

    /// <summary>Is this such a folder?</summary>
    public static bool IsAt(string path) => File.Exists(Path.Combine(path, DocumentFile));

    /// <summary>Reads such a folder.</summary>
    /// <exception cref="NodeException">It is none, or a part of it is missing or damaged.</exception>
    public static NodeEvidence Load(string path, CancellationToken cancellation) => WrapErrors(path, () =>
    {
        EvidenceDocument document = EvidenceJson.Read(
            BoundedFile.ReadAll(Path.Combine(path, DocumentFile), LargestDocument));
        if (document.Rules?.Count > MostFiles || Captures(document).Count() > MostFiles)
        {
            throw new FormatException($"it names more than {MostFiles} files of rules or packets");
        }

        long left = LargestRules;
        NetfilterRuleset? rules = document.Rules is null ? null
            : RuleText.Read(document.Rules.Select(r =>
            {
                byte[] text = BoundedFile.ReadAll(Inside(path, r.File), left);
                left -= text.Length;
                return new RuleText(r.Program, r.Backend, r.Family, text);
            }));
        return document.ToEvidence(rules, Packets(path, document, document.Capture, cancellation),
            Packets(path, document, document.Drops, cancellation));
    });

    private static IEnumerable<KeptPackets> Captures(EvidenceDocument document) =>
        [.. document.Capture?.Files ?? [], .. document.Drops?.Files ?? []];

    /// <summary>The packets are weighed again where they are there; else what they showed counts.</summary>
    private static CaptureEvidence? Packets(string path, EvidenceDocument document, SavedCapture? saved,
        CancellationToken cancellation)
    {
        if (saved is not { Files.Count: > 0 } capture)
        {
            return saved?.ToEvidence();
        }

        bool Next(CaptureReader reader, out CapturedFrame frame)
        {
            cancellation.ThrowIfCancellationRequested();
            return reader.TryRead(out frame);
        }

        return CaptureEvidence.Together([.. capture.Files.Select(file =>
        {
            using CaptureReader reader = CaptureReaderFactory.Open(
                BoundedFile.OpenText(Inside(path, file.File)), file.Place);
            return CaptureWeighing.Weigh(reader, file, document.Addresses, Next);
        })]);
    }

    /// <summary>A folder from elsewhere names files of its own only.</summary>
    private static string Inside(string folder, string name) =>
        Path.GetFileName(name) == name && name is not ("" or "." or "..") ? Path.Combine(folder, name)
        : throw new FormatException($"it names '{SafeText.Escape(name)}', which is no file of its own");

    private static T WrapErrors<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new NodeException(NodeErrorId.EvidenceFolderInvalid, NodeFailure.NotFound, path,
                $"{SafeText.Escape(path)} is no folder of a saved diagnosis: {SafeText.Escape(e.Message)}",
                "Give one that Get-ChecksumDiagnosis -SaveTo made.", e);
        }
        catch (Exception e) when (e is FormatException or CaptureException)
        {
            throw new NodeException(NodeErrorId.EvidenceFolderInvalid, NodeFailure.InvalidArgument, path,
                $"{SafeText.Escape(path)} cannot be used: {SafeText.Escape(e.Message, 600)}",
                "Save the diagnosis again.", e);
        }
        catch (Exception e) when (e is not NodeException && e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(NodeErrorId.EvidenceFolderInvalid, NodeFailure.Permission, path,
                $"{SafeText.Escape(path)} cannot be read or written: {SafeText.Escape(e.Message)}", null, e);
        }
    }
}
