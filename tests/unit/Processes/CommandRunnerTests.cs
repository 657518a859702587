using System.Text;
using VxlanCsum.Clusters;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Processes;
using Xunit;

namespace VxlanCsum.UnitTests.Processes;

public sealed class CommandRunnerTests
{
    public CommandRunnerTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "runs Linux's own programs");

    [Fact]
    public void OutputErrorsAndExitCodeComeBack()
    {
        CommandResult result = CommandRunner.Run("sh", ["-c", "cat; echo trouble >&2; exit 3"], input: "given",
            cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((3, "given", "trouble"), (result.ExitCode, result.Text, result.Error));
    }

    [Fact]
    public void ArgumentsReachTheProgramAsTheyAre()
    {
        const string Odd = "a b;$(reboot) `x` \"q\" 'p' *\n-";
        Assert.Equal(Odd,
            CommandRunner.Run("printf", ["%s", Odd], cancellation: TestContext.Current.CancellationToken).Text);
    }

    [Fact]
    public void ALargeOutputIsReadWhileItIsPrinted()
    {
        long read = 0;
        (int exitCode, _) = CommandRunner.Run("head", ["-c", "50000000", "/dev/zero"], stream =>
        {
            byte[] buffer = new byte[4096];
            for (int got; (got = stream.Read(buffer)) > 0;)
            {
                read += got;
            }
        }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((0, 50_000_000L), (exitCode, read));
    }

    [Fact]
    public void WhatIsLeftUnreadIsThrownAway()
    {
        (int exitCode, _) = CommandRunner.Run("head", ["-c", "5000000", "/dev/zero"],
            static stream => stream.ReadExactly(new byte[10]), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public void AProgramThatDoesNotEndIsStopped()
    {
        NodeException thrown = Assert.Throws<NodeException>(() =>
            CommandRunner.Run("sh", ["-c", "echo one; sleep 100000"], TimeSpan.FromMilliseconds(300),
                cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(NodeErrorId.CommandTimeout, thrown.ErrorId);
    }

    [Fact]
    public void StoppingStopsTheProgram()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Assert.ThrowsAny<OperationCanceledException>(
            () => CommandRunner.Run("sh", ["-c", "echo one; sleep 100000"], stream =>
        {
            byte[] line = new byte[4];
            stream.ReadExactly(line);
            Assert.Equal("one\n", Encoding.ASCII.GetString(line));
            stop.Cancel();
        }, cancellation: stop.Token));
    }

    [Fact]
    public void WhatTheReaderThrowsComesBackAndTheProgramIsStopped()
    {
        Assert.Throws<InvalidDataException>(
            () => CommandRunner.Run("sleep", ["100000"], static _ => throw new InvalidDataException(),
                cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void AMissingProgramIsSaidWithWhatToInstall()
    {
        NodeException thrown = Assert.Throws<NodeException>(
            () => CommandRunner.Run("ip6tables-no-such-save", [], cancellation: TestContext.Current.CancellationToken));
        Assert.Equal((NodeErrorId.CommandNotFound, NodeFailure.NotFound), (thrown.ErrorId, thrown.Reason));
        Assert.Contains("iptables", thrown.Advice, StringComparison.Ordinal);
    }
}
