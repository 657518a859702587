using System.Text;

namespace VxlanCsum.Shell.CommandLine;

/// <summary>Reads a command line by pwsh's rules: its switches, their shortest forms, and where a script's own arguments begin.</summary>
internal sealed class ArgumentParser
{
    private static readonly string[] ExecutionPolicies = ["AllSigned", "Bypass", "Default", "RemoteSigned", "Restricted", "Undefined", "Unrestricted"];

    private readonly string[] _words;
    private int _next;
    private ShellArguments _result = new();

    private ArgumentParser(string[] words) => _words = words;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="UsageException">It makes no sense.</exception>
    public static ShellArguments Parse(string[] words) => new ArgumentParser(words).Run();

    /// <summary>The dashes that PowerShell takes for one: hyphen, en dash, em dash, horizontal bar.</summary>
    public static bool IsDash(char character) => character is '-' or '\u2013' or '\u2014' or '\u2015';

    private ShellArguments Run()
    {
        while (_next < _words.Length && Step(_words[_next++]))
        {
        }

        return _result;
    }

    /// <summary>Takes one word; false when the rest of the line is spoken for.</summary>
    private bool Step(string word)
    {
        string key = SwitchKey(word);
        return ShellSwitches.Find(key) switch
        {
            ShellSwitch.Version => Finish(_result with { Mode = ShellMode.Version }),
            ShellSwitch.Help => Finish(_result with { Mode = ShellMode.Help }),
            ShellSwitch.Accepted => true,
            ShellSwitch.NoLogo => Go(_result with { NoLogo = true }),
            ShellSwitch.NonInteractive => Go(_result with { NonInteractive = true }),
            ShellSwitch.NoExit => Go(_result with { NoExit = true }),
            ShellSwitch.Format => TakeFormat(word),
            ShellSwitch.ExecutionPolicy => TakeExecutionPolicy(word),
            ShellSwitch.WorkingDirectory => TakeWorkingDirectory(word),
            ShellSwitch.Command => TakeCommand(word),
            ShellSwitch.CommandWithArguments => TakeCommandWithArguments(word),
            ShellSwitch.EncodedCommand => TakeEncodedCommand(word),
            ShellSwitch.File => TakeFile(Value(word, "the path of a script file")),
            ShellSwitch.Unsupported => throw new UsageException($"{word} is a switch of pwsh that vxlancsum does not have."),
            _ => TakeFile(word),
        };
    }

    private static string SwitchKey(string word)
    {
        string key = word.Trim();
        if (key.Length == 0 || !IsDash(key[0]))
        {
            return "";
        }

        return key.Length > 1 && key[1] == key[0] ? key[2..] : key[1..];
    }

    private bool Go(ShellArguments result)
    {
        _result = result;
        return true;
    }

    private bool Finish(ShellArguments result)
    {
        _result = result;
        return false;
    }

    private string Value(string word, string what) =>
        _next < _words.Length ? _words[_next++] : throw new UsageException($"{word} needs {what} after it.");

    private bool TakeFormat(string word)
    {
        string format = Value(word, "a format (Text)");
        return format.Equals("Text", StringComparison.OrdinalIgnoreCase)
            ? true
            : throw new UsageException($"{word} {format}: vxlancsum has the Text format only.");
    }

    private bool TakeExecutionPolicy(string word)
    {
        // Accepted so that pwsh's command lines work; outside Windows no execution policy is ever in force.
        string policy = Value(word, "an execution policy");
        return ExecutionPolicies.Contains(policy, StringComparer.OrdinalIgnoreCase)
            ? true
            : throw new UsageException($"Invalid ExecutionPolicy value '{policy}'.");
    }

    private bool TakeWorkingDirectory(string word)
    {
        string folder = Value(word, "a directory");
        return Directory.Exists(folder)
            ? Go(_result with { WorkingDirectory = Path.GetFullPath(folder) })
            : throw new UsageException($"{word} {folder}: there is no such directory.");
    }

    private bool TakeCommand(string word)
    {
        if (_next == _words.Length)
        {
            throw new UsageException($"{word} needs a command after it.");
        }

        if (_words[_next] != "-")
        {
            return Finish(_result with { Mode = ShellMode.Command, Text = string.Join(' ', _words[_next..]) });
        }

        if (_next + 1 < _words.Length)
        {
            throw new UsageException($"'-' after {word} stands for standard input, and nothing may follow it.");
        }

        return Console.IsInputRedirected
            ? Finish(_result with { Mode = ShellMode.StandardInput })
            : throw new UsageException($"{word} - reads standard input, which is a terminal.");
    }

    private bool TakeCommandWithArguments(string word)
    {
        string text = Value(word, "a command");
        return Finish(_result with { Mode = ShellMode.Command, Text = text, Parameters = ScriptParameters.From(_words.AsSpan(_next)) });
    }

    private bool TakeEncodedCommand(string word)
    {
        string encoded = Value(word, "a command, as base64 of its UTF-16 text");
        try
        {
            return Go(_result with { Mode = ShellMode.Command, Text = Encoding.Unicode.GetString(Convert.FromBase64String(encoded)) });
        }
        catch (FormatException)
        {
            throw new UsageException($"What follows {word} is not base64 of UTF-16 text.");
        }
    }

    private bool TakeFile(string name)
    {
        if (name == "-")
        {
            return Go(_result with { Mode = ShellMode.StandardInput });
        }

        string path = name.Length == 0 ? "" : Path.GetFullPath(name);
        if (File.Exists(path))
        {
            return Finish(_result with { Mode = ShellMode.File, Text = path, Parameters = ScriptParameters.From(_words.AsSpan(_next)) });
        }

        string? similar = name.StartsWith('-') ? ShellSwitches.Similar(name[1..]) : null;
        throw new UsageException(similar is null
            ? $"'{name}' is not a switch of vxlancsum and not a script file that is there."
            : $"'{name}' is not a switch of vxlancsum. Did you mean {similar}?");
    }
}
