using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Files;
using VxlanCsum.Node.Interop;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Reports;

/// <summary>The file of a report: where it may be, and what the file system refuses, told to people.</summary>
internal sealed class ReportFile : IDisposable
{
    private readonly bool _overwrite;
    private readonly AsideFile _file;

    private ReportFile(string path, bool overwrite)
    {
        Path = path;
        _overwrite = overwrite;
        _file = new AsideFile(path);
    }

    /// <summary>Where it will be.</summary>
    public string Path { get; }

    public Stream Stream => _file.Stream;

    /// <summary>Looks whether a file could be written there, without writing.</summary>
    /// <returns>The path; behind a symbolic link, where that leads.</returns>
    /// <exception cref="NodeException">The folder is missing, a link on the way is another's, the path is no regular
    /// file's, or a file is there that must not be overwritten.</exception>
    public static string Check(string path, bool overwrite)
    {
        (string target, FileStatus? there) = WrapErrors(path, () => Look(path));
        if (there is { IsFolder: true } || path.EndsWith(System.IO.Path.DirectorySeparatorChar))
        {
            throw Failure(NodeErrorId.ReportPathInvalid, NodeFailure.InvalidArgument, path, "is a folder.",
                "Give the name of a file in it.");
        }

        if (there is { IsRegular: false })
        {
            // Taking its name would put a file in the place of /dev/null.
            throw Failure(NodeErrorId.ReportPathInvalid, NodeFailure.InvalidArgument, path,
                "is a device, a pipe or a socket.",
                "A report is written aside and then named: give the name of a file.");
        }

        return !(there is not null || (!OperatingSystem.IsLinux() && File.Exists(target))) || overwrite ? target
            : throw Failure(NodeErrorId.ReportExists, NodeFailure.Refused, path,
                "exists already, and was left as it is.", "Overwrite it with -Force, or give another name.");
    }

    /// <summary>Where a path leads, by no link that another could have made, and what is there.</summary>
    private static (string Target, FileStatus? There) Look(string path)
    {
        try
        {
            using GuardedFile place = GuardedFile.At(path, FolderTrust.Anyones);
            return (place.Reached, place.Look());
        }
        catch (DirectoryNotFoundException e)
        {
            throw Failure(NodeErrorId.ReportFolderNotFound, NodeFailure.NotFound, path,
                "cannot be written: there is no such folder.", "Make the folder first.", e);
        }
    }

    /// <param name="path">As <see cref="Check"/> gave it.</param>
    /// <param name="overwrite">A file that is there is replaced.</param>
    /// <exception cref="NodeException">The folder cannot be written to.</exception>
    public static ReportFile Create(string path, bool overwrite)
    {
        var file = new ReportFile(path, overwrite);
        WrapErrors(path, () => file.Stream);
        return file;
    }

    /// <summary>The file is whole: it takes its name.</summary>
    /// <exception cref="NodeException">The file system refuses, or a file came to be there meanwhile; then nothing is
    /// left behind.</exception>
    public void Complete()
    {
        if (!_overwrite && File.Exists(Path))
        {
            throw Failure(NodeErrorId.ReportExists, NodeFailure.Refused, Path,
                "came to be there meanwhile, and was left as it is.",
                "Overwrite it with -Force, or give another name.");
        }

        WrapErrors(Path, () =>
        {
            _file.Complete(_overwrite);
            return true;
        });
    }

    /// <summary>Does something to the file; what the file system refuses is told with the path.</summary>
    public static T WrapErrors<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e)
            when (e is IOException and not NodeException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Failure(NodeErrorId.ReportNotWritable,
                e is UnauthorizedAccessException ? NodeFailure.Permission : NodeFailure.Failed, path,
                $"cannot be written: {SafeText.Escape(e.Message)}",
                "Nothing was left behind. Check that you may write to the folder and that there is room.", e);
        }
    }

    public void Dispose() => _file.Dispose();

    private static NodeException Failure(string id, NodeFailure reason, string path, string problem, string advice,
        Exception? inner = null) =>
        new(id, reason, path, $"{SafeText.Escape(path)} {problem}", advice, inner);
}
