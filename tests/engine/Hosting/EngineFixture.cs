namespace VxlanCsum.EngineTests.Hosting;

/// <summary>One session for all tests of a class: <c>class XTests(EngineFixture engine) :
/// IClassFixture&lt;EngineFixture&gt;</c>.</summary>
public sealed class EngineFixture : IDisposable
{
    /// <summary>The class's session, with the module imported.</summary>
    public ModuleSession Session { get; } = new();

    /// <summary>Runs a script in the class's session.</summary>
    public SessionResult Run(string script, params object?[] arguments) => Session.Run(script, arguments);

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();
}
