using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.NetworkNamespaces;

/// <summary>A network namespace held open: what work opens within it belongs to it.</summary>
/// <remarks>
/// The work itself runs on the thread that calls <see cref="Within{T}(NetworkNamespace?, Func{T})"/>, which stays where
/// it is. setns(2) changes one thread, and the runtime starts its own threads from whichever thread needs them: where
/// work ran inside, threads of the pool began there and stayed. So only the opening goes inside, by
/// <see cref="Enter"/>: of a socket, a file of /proc or a child process, each of which then stays in the namespace,
/// whoever uses it. Whoever opens one of these opens it by <see cref="Enter"/>; files by <see cref="NamespaceFile"/>.
/// </remarks>
internal sealed class NetworkNamespace : IDisposable
{
    /// <summary>Where the work is that runs here; it flows with tasks and awaits. Null: the session's own.</summary>
    private static readonly AsyncLocal<NetworkNamespace?> s_place = new();

    private readonly DescriptorHandle _handle;

    private NetworkNamespace(string spec, DescriptorHandle handle)
    {
        Spec = spec;
        _handle = handle;
        Id = string.Create(CultureInfo.InvariantCulture, $"net:[{FileStatus.Of(handle).Number}]");
    }

    /// <summary>As it was given: a name, a path or a process id.</summary>
    public string Spec { get; }

    /// <summary>The kernel's name for the network namespace in which things are opened now, such as
    /// "net:[4026531840]".</summary>
    public static string Current => s_place.Value?.Id ?? OfThread;

    private static string OfThread =>
        (OperatingSystem.IsLinux() ? new FileInfo("/proc/thread-self/ns/net").LinkTarget : null) ?? string.Empty;

    /// <summary>The kernel's name for it.</summary>
    private string Id { get; }

    /// <summary>Opens a namespace.</summary>
    /// <param name="spec">A name of `ip netns`, a path, or the id of a process in it.</param>
    /// <exception cref="NodeException">There is no such namespace, or it may not be entered.</exception>
    public static NetworkNamespace Open(string spec)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new NodeException(NodeErrorId.NotLinux, NodeFailure.Unsupported, spec,
                "Network namespaces exist on Linux only.");
        }

        string path = NetworkNamespaceNames.ToPath(spec);

        // Not blocking: a path from outside may be a pipe that nobody writes to.
        DescriptorHandle handle = Libc.Open(path, Libc.ReadOnly | Libc.NonBlocking | Libc.CloseOnExec);
        int error = Marshal.GetLastPInvokeError();
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw NetworkNamespaceErrors.Opening(spec, path, error);
        }

        if (Libc.Ioctl(handle, Libc.GetNamespaceType, 0) != Libc.CloneNewNet)
        {
            handle.Dispose();
            throw NetworkNamespaceErrors.NotANamespace(spec, path);
        }

        StartSignalThread();
        var opened = new NetworkNamespace(spec, handle);
        try
        {
            // One error for a namespace that may not be entered, and not one for each thing that is to be opened in it.
            return Within(opened, () => Enter(() => opened));
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Runs work here. What it opens belongs to the namespace that <paramref name="spec"/> names; null: the
    /// session's own.</summary>
    /// <exception cref="NodeException">There is no such namespace, or it may not be entered.</exception>
    public static T Within<T>(string? spec, Func<T> work)
    {
        using NetworkNamespace? opened = spec is null ? null : Open(spec);
        return Within(opened, work);
    }

    /// <summary>Runs work here. What it opens belongs to the namespace; null: the session's own.</summary>
    public static T Within<T>(NetworkNamespace? place, Func<T> work)
    {
        NetworkNamespace? before = s_place.Value;
        s_place.Value = place;
        try
        {
            return work();
        }
        finally
        {
            s_place.Value = before;
        }
    }

    /// <summary>Opens something in the namespace in which the work is that calls this, and returns it; what it throws
    /// is thrown here.</summary>
    /// <param name="open">Opens, and does no more: no task, no await, no reading to the end. It may run on another
    /// thread.</param>
    /// <exception cref="NodeException">The namespace may not be entered.</exception>
    public static T Enter<T>(Func<T> open)
    {
        // Entering the namespace that one is in already would ask for CAP_SYS_ADMIN all the same.
        return s_place.Value is { } place && place.Id != OfThread ? place.OpenInside(open) : open();
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private T OpenInside<T>(Func<T> open)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            // Everything is caught: an exception that leaves a thread ends the process.
            try
            {
                result = Libc.SetNamespace(_handle, Libc.CloneNewNet) == 0 ? open()
                    : throw NetworkNamespaceErrors.Entering(Spec, Marshal.GetLastPInvokeError());
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        { IsBackground = true, Name = $"netns {Spec}" };
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>
    /// Where a child process is the first thing to need it, the runtime's thread for signals starts on the thread that
    /// starts
    /// the child, and starts threads of the pool later: it must not be inside. Asking for any signal starts it here.
    /// </summary>
    [SupportedOSPlatform("linux")]
    private static void StartSignalThread() =>
    PosixSignalRegistration.Create(PosixSignal.SIGCONT, static _ => { }).Dispose();
}
