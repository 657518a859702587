using System.ComponentModel;

namespace VxlanCsum.Node.Interop;

/// <summary>Error numbers of Linux that we tell apart; the same on every architecture that .NET runs on.</summary>
internal static class Errno
{
    public const int NotPermitted = 1, NoEntry = 2, NoProcess = 3, Interrupted = 4, NoDevice6 = 6, Again = 11,
        Access = 13, Exists = 17, NoDevice = 19, NotDirectory = 20, IsDirectory = 21, Invalid = 22, BrokenPipe = 32,
        NoBuffers = 105, NotSupported = 95, NoProtocol = 93, Range = 34, NoCall = 38, Loop = 40;

    /// <summary>The system's own words.</summary>
    public static string Describe(int error) => new Win32Exception(error).Message;

    public static bool IsPermission(int error) => error is NotPermitted or Access;
}
