using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace VxlanCsum.Shell.Hosting;

/// <summary>Lines that the user is asked for while a command runs: from the terminal, or from a redirected standard input.</summary>
internal sealed class Questions(PSHostUserInterface userInterface, bool interactive)
{
    /// <summary>One line.</summary>
    /// <exception cref="PSInvalidOperationException">Asking is not allowed, or standard input has ended.</exception>
    /// <exception cref="PipelineStoppedException">The user pressed Ctrl-C.</exception>
    public string ReadLine()
    {
        Allow();
        if (Console.IsInputRedirected)
        {
            string answer = ReadRedirected();
            userInterface.WriteLine(PlainText.OneLine(answer));
            return answer;
        }

        StringBuilder line = new();
        ReadKeys(character => Echo(line, character), () => Erase(line));
        return line.ToString();
    }

    /// <summary>One line, shown as asterisks.</summary>
    /// <exception cref="PSInvalidOperationException">Asking is not allowed, or standard input has ended.</exception>
    /// <exception cref="PipelineStoppedException">The user pressed Ctrl-C.</exception>
    public SecureString ReadSecret()
    {
        Allow();
        SecureString secret = new();
        if (Console.IsInputRedirected)
        {
            foreach (char character in ReadRedirected())
            {
                secret.AppendChar(character);
            }
        }
        else
        {
            ReadKeys(character => Hide(secret, character), () => Erase(secret));
        }

        secret.MakeReadOnly();
        return secret;
    }

    /// <summary>A user's name, if it is not known, and password.</summary>
    public PSCredential ReadCredential(string? caption, string? message, string? userName)
    {
        Allow();
        Introduce(caption, message);
        while (string.IsNullOrWhiteSpace(userName))
        {
            userInterface.Write("User: ");
            userName = ReadLine();
        }

        userInterface.Write($"Password for user {PlainText.OneLine(userName)}: ");
        return new PSCredential(userName, ReadSecret());
    }

    /// <summary>Fails if nobody may be asked.</summary>
    public void Allow()
    {
        if (!interactive)
        {
            throw new PSInvalidOperationException("vxlancsum was started with -NonInteractive: nobody can be asked.");
        }
    }

    /// <summary>What stands above a question.</summary>
    public void Introduce(string? caption, string? message)
    {
        if (!string.IsNullOrEmpty(caption))
        {
            userInterface.WriteLine();
            userInterface.WriteLine(PSStyle.Instance.Bold + caption + PSStyle.Instance.BoldOff);
        }

        if (!string.IsNullOrEmpty(message))
        {
            userInterface.WriteLine(message);
        }
    }

    private static string ReadRedirected() =>
        Console.In.ReadLine() ?? throw new PSInvalidOperationException("Standard input ended where an answer was expected.");

    private static void ReadKeys(Action<char> take, Func<bool> erase)
    {
        bool before = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = true;
        try
        {
            while (true)
            {
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                if (key.Key == ConsoleKey.Enter)
                {
                    Console.Out.WriteLine();
                    return;
                }

                if (key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control })
                {
                    Console.Out.WriteLine();
                    throw new PipelineStoppedException();
                }

                if (key.Key == ConsoleKey.Backspace)
                {
                    if (erase())
                    {
                        Console.Out.Write("\b \b");
                    }
                }
                else if (!char.IsControl(key.KeyChar))
                {
                    take(key.KeyChar);
                }
            }
        }
        finally
        {
            Console.TreatControlCAsInput = before;
        }
    }

    private static void Echo(StringBuilder line, char character)
    {
        line.Append(character);
        Console.Out.Write(character);
    }

    private static bool Erase(StringBuilder line)
    {
        bool any = line.Length > 0;
        line.Length -= any ? 1 : 0;
        return any;
    }

    private static void Hide(SecureString secret, char character)
    {
        secret.AppendChar(character);
        Console.Out.Write('*');
    }

    private static bool Erase(SecureString secret)
    {
        bool any = secret.Length > 0;
        if (any)
        {
            secret.RemoveAt(secret.Length - 1);
        }

        return any;
    }
}
