using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Interop;

namespace VxlanCsum.Node.NetworkNamespaces;

/// <summary>A network namespace held open, in which work can be run.</summary>
/// <remarks>
/// setns(2) changes one thread. The work therefore runs on a thread of its own that ends with it, and the session's
/// threads stay where they are. What the work opens (sockets, captures) stays bound to the
/// namespace, and the processes it starts inherit it. The work must be synchronous: what it awaits would
/// continue on another thread. In it, read /proc/thread-self/net, not /proc/net, which is the main thread's;
/// /sys/class/net shows the namespace of whoever mounted /sys.
/// </remarks>
internal sealed class NetworkNamespace : IDisposable
{
    /// <summary>The process's own namespace: its main thread's.</summary>
    private const string OwnPath = "/proc/self/ns/net";

    private readonly DescriptorHandle _handle;

    private NetworkNamespace(string spec, string path, DescriptorHandle handle)
    {
        Spec = spec;
        Path = path;
        _handle = handle;
    }

    /// <summary>As it was given: a name, a path or a process id.</summary>
    public string Spec { get; }

    /// <summary>The file through which it was opened.</summary>
    public string Path { get; }

    /// <summary>The kernel's name for the calling thread's network namespace, such as "net:[4026531840]".</summary>
    public static string Current => new FileInfo("/proc/thread-self/ns/net").LinkTarget ?? string.Empty;

    /// <summary>Opens a namespace.</summary>
    /// <param name="spec">A name of `ip netns`, a path, or the id of a process in it.</param>
    /// <exception cref="NodeException">There is no such namespace, or it may not be opened.</exception>
    public static NetworkNamespace Open(string spec)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new NodeException(NodeErrorId.NotLinux, NodeFailure.Unsupported, spec, "Network namespaces exist on Linux only.");
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

        return new NetworkNamespace(spec, path, handle);
    }

    /// <summary>Runs work in the namespace that <paramref name="spec"/> names, or right here where it is null.</summary>
    /// <exception cref="NodeException">There is no such namespace, or it may not be entered.</exception>
    public static T Run<T>(string? spec, Func<T> work)
    {
        // The runtime starts pool threads from whatever thread needs them, and if that one is inside a namespace they
        // inherit it for good. So "here" is the process's own namespace where a pool thread works.
        if (spec is null && (!Thread.CurrentThread.IsThreadPoolThread || !OperatingSystem.IsLinux() || Current == new FileInfo(OwnPath).LinkTarget))
        {
            return work();
        }

        using NetworkNamespace opened = Open(spec ?? OwnPath);
        return opened.Run(work);
    }

    /// <summary>Runs work in the namespace and waits for it; what it throws is thrown here.</summary>
    /// <exception cref="NodeException">The namespace may not be entered.</exception>
    public T Run<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            // Everything is caught: an exception that leaves a thread ends the process.
            try
            {
                Enter();
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        })
        { IsBackground = true, Name = $"netns {Spec}" };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>Runs work in the namespace and waits for it; what it throws is thrown here.</summary>
    /// <exception cref="NodeException">The namespace may not be entered.</exception>
    public void Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private void Enter()
    {
        // Entering the namespace one is in already would ask for CAP_SYS_ADMIN all the same. A file of /proc tells which
        // it is; a name of `ip netns` is a mount and does not.
        if (new FileInfo(Path).LinkTarget != Current && Libc.SetNamespace(_handle, Libc.CloneNewNet) != 0)
        {
            throw NetworkNamespaceErrors.Entering(Spec, Marshal.GetLastPInvokeError());
        }
    }
}
