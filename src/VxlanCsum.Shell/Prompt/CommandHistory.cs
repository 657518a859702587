using System.Text;
using VxlanCsum.Shell.Hosting;

namespace VxlanCsum.Shell.Prompt;

/// <summary>Lines typed before, kept from session to session in the user's state folder. A line that begins with a blank is not kept.</summary>
internal sealed class CommandHistory
{
    private const int Most = 1000;
    private readonly string? _file;
    private readonly List<string> _lines = [];
    private int _place;
    private string _unsent = "";

    /// <summary>Reads what earlier sessions left.</summary>
    public CommandHistory()
    {
        _file = FindFile();
        try
        {
            if (_file is not null && File.Exists(_file))
            {
                _lines.AddRange(File.ReadLines(_file).Select(PlainText.OneLine).Where(line => line.Length > 0).TakeLast(Most));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // No history is no reason for no prompt.
        }

        _place = _lines.Count;
    }

    /// <summary>Keeps a line, and is behind the last one again.</summary>
    public void Add(string line)
    {
        if (!string.IsNullOrWhiteSpace(line) && line[0] != ' ' && (_lines.Count == 0 || _lines[^1] != line))
        {
            _lines.Add(line);
            Save();
        }

        _place = _lines.Count;
    }

    /// <summary>The line before; null at the oldest. <paramref name="current"/> comes back after the newest.</summary>
    public string? Older(string current)
    {
        if (_place == 0)
        {
            return null;
        }

        if (_place == _lines.Count)
        {
            _unsent = current;
        }

        return _lines[--_place];
    }

    /// <summary>The line after; null behind the newest.</summary>
    public string? Newer()
    {
        if (_place == _lines.Count)
        {
            return null;
        }

        return ++_place == _lines.Count ? _unsent : _lines[_place];
    }

    private void Save()
    {
        if (_file is null)
        {
            return;
        }

        try
        {
            string folder = Path.GetDirectoryName(_file)!;
            FileStreamOptions options = new() { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                // Commands hold addresses and names: they are for this user's eyes.
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using StreamWriter writer = new(_file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
            writer.WriteLine(_lines[^1]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full or read-only disk: this session's history stays in memory.
        }
    }

    /// <summary>$XDG_STATE_HOME/vxlancsum/history, or ~/.local/state/vxlancsum/history.</summary>
    private static string? FindFile()
    {
        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(state))
        {
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            state = home.Length == 0 ? null : Path.Combine(home, ".local", "state");
        }

        return state is null ? null : Path.Combine(state, "vxlancsum", "history");
    }
}
