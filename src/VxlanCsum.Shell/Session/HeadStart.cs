using System.Linq.Expressions;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Xml;
using VxlanCsum.Shell.CommandLine;

namespace VxlanCsum.Shell.Session;

/// <summary>What a session will need, begun on another processor while this one opens the engine.</summary>
/// <remarks>
/// The initial state is the session's own. All else is only touched: an assembly that is loaded, code that has been resolved
/// or compiled once, is there for the thread that comes to it later. Nothing depends on it, so that what fails here fails
/// again, and is reported, where it is needed.
/// </remarks>
internal static class HeadStart
{
    /// <summary>
    /// Begins, and gives the state that the session opens with. CreateDefault2: Microsoft.PowerShell.Core alone. The other modules
    /// of pwsh are not in the engine's package.
    /// </summary>
    public static Task<InitialSessionState> Begin(ShellArguments arguments)
    {
        if (Environment.ProcessorCount == 1)
        {
            return Task.FromResult(InitialSessionState.CreateDefault2());
        }

        Task<InitialSessionState> state = Task.Run(InitialSessionState.CreateDefault2);
        Task.Run(() => Touch(arguments));
        return state;
    }

    private static void Touch(ShellArguments arguments)
    {
        Parser.ParseInput(arguments.Mode == ShellMode.Command ? arguments.Text : "$_", out _, out _);
        string module = Path.GetDirectoryName(ModuleLocator.Find())!;
        Attributes(Assembly.LoadFrom(Path.Combine(module, "bin", "VxlanCsum.dll")));
        CompileAnExpression();
        new XmlDocument { XmlResolver = null }.Load(Path.Combine(module, "VxlanCsum.Format.ps1xml"));

        // Made with a regular expression that the engine compiles when the first coloured text, such as a label, is measured or made plain.
        _ = new StringDecorated("\e[0m").ToString(OutputRendering.PlainText);
    }

    // Import-Module looks for cmdlets among the types, and the first call of one at its parameters.
    private static void Attributes(Assembly assembly)
    {
        foreach (Type type in assembly.GetExportedTypes())
        {
            type.GetCustomAttributes(inherit: false);
            foreach (PropertyInfo property in type.GetProperties())
            {
                property.GetCustomAttributes(inherit: false);
            }
        }
    }

    // The engine makes a delegate for each kind of call and each property that a script or a view comes to.
    private static void CompileAnExpression()
    {
        ParameterExpression value = Expression.Parameter(typeof(object));
        Expression<Func<object, object>> call = Expression.Lambda<Func<object, object>>(
            Expression.Convert(Expression.Property(Expression.Convert(value, typeof(string)), nameof(string.Length)), typeof(object)), value);
        call.Compile()(string.Empty);
    }
}
