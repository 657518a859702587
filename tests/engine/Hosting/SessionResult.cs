using System.Management.Automation;

namespace VxlanCsum.EngineTests.Hosting;

/// <summary>What one script in a <see cref="ModuleSession"/> brought to each stream.</summary>
/// <param name="Output">The success stream, in order.</param>
/// <param name="Errors">Non-terminating errors, in order.</param>
/// <param name="Warnings">Texts of the warnings.</param>
/// <param name="Verbose">Texts of the verbose records.</param>
/// <param name="Progress">Progress records, in order.</param>
/// <param name="Terminating">The error that ended the script, if one did.</param>
public sealed record SessionResult(
    IReadOnlyList<PSObject> Output,
    IReadOnlyList<ErrorRecord> Errors,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Verbose,
    IReadOnlyList<ProgressRecord> Progress,
    ErrorRecord? Terminating)
{
    /// <summary>The ErrorIds of the non-terminating errors, without the command's name behind the comma.</summary>
    public IReadOnlyList<string> ErrorIds { get; } = [.. Errors.Select(IdOf)];

    /// <summary>The ErrorId of the terminating error, without the command's name behind the comma.</summary>
    public string? TerminatingId { get; } = Terminating is null ? null : IdOf(Terminating);

    /// <summary>The only object of the success stream.</summary>
    public PSObject OnlyOutput => Succeeded().Output.Single();

    /// <summary>The base objects of the success stream.</summary>
    public IReadOnlyList<object> Values => [.. Succeeded().Output.Select(item => item.BaseObject)];

    /// <summary>The value of a property of each object of the success stream.</summary>
    public IReadOnlyList<object?> Property(string name) =>
        [.. Succeeded().Output.Select(
            item => (item.Properties[name]
                ?? throw new InvalidOperationException($"No property {name} on {item}.")).Value)];

    /// <summary>Itself, or a failed test that shows the first error.</summary>
    public SessionResult Succeeded()
    {
        Assert.True(Terminating is null,
            $"Terminating error {Terminating?.FullyQualifiedErrorId}: "
            + $"{Terminating?.Exception.Message}\n{Terminating?.ScriptStackTrace}");
        Assert.True(Errors.Count == 0,
            string.Join('\n',
                Errors.Select(error => $"Error {error.FullyQualifiedErrorId}: {error.Exception.Message}")));
        return this;
    }

    private static string IdOf(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
