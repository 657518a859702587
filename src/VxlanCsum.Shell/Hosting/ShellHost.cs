using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace VxlanCsum.Shell.Hosting;

/// <summary>The engine's view of vxlancsum.</summary>
internal sealed class ShellHost(ShellUserInterface userInterface) : PSHost
{
    private readonly CultureInfo _culture = CultureInfo.CurrentCulture;
    private readonly CultureInfo _uiCulture = CultureInfo.CurrentUICulture;
    private int _nested;

    /// <summary>What <c>exit</c> was given; null until it runs.</summary>
    public int? RequestedExit { get; private set; }

    /// <summary>Runs a prompt inside the running pipeline; set by the one who can.</summary>
    public Action? NestedPrompt { get; set; }

    /// <summary>The nested prompt is to end.</summary>
    public bool LeaveNestedPrompt { get; private set; }

    /// <inheritdoc/>
    public override string Name => "vxlancsum";

    /// <inheritdoc/>
    public override Version Version => ShellVersion.Own;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override PSHostUserInterface UI => userInterface;

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => _culture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => _uiCulture;

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode)
    {
        // In a nested prompt `exit` leaves that prompt alone.
        if (_nested > 0)
        {
            LeaveNestedPrompt = true;
        }
        else
        {
            RequestedExit = exitCode;
        }
    }

    /// <inheritdoc/>
    public override void EnterNestedPrompt()
    {
        if (NestedPrompt is null)
        {
            throw new PSInvalidOperationException("There is no terminal to give a nested prompt on.");
        }

        _nested++;
        try
        {
            NestedPrompt();
        }
        finally
        {
            _nested--;
            LeaveNestedPrompt = false;
        }
    }

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => LeaveNestedPrompt = true;

    /// <inheritdoc/>
    public override void NotifyBeginApplication() => userInterface.BeforeOtherProgram();

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }
}
