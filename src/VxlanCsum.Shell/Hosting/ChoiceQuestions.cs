using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation.Host;

namespace VxlanCsum.Shell.Hosting;

/// <summary>The questions of -Confirm and ShouldContinue: "[Y] Yes  [N] No  [?] Help (default is "Y"):".</summary>
internal sealed class ChoiceQuestions(PSHostUserInterface userInterface, Questions questions)
{
    /// <summary>The index of the one choice that the user makes. An empty line is the default.</summary>
    public int AskOne(string? caption, string? message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        ArgumentOutOfRangeException.ThrowIfZero(choices.Count, nameof(choices));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(defaultChoice, choices.Count);
        questions.Allow();
        questions.Introduce(caption, message);
        while (true)
        {
            userInterface.Write(Menu(choices, defaultChoice >= 0 ? [defaultChoice] : []) + " ");
            string answer = questions.ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            if (answer == "?")
            {
                ShowHelp(choices);
                continue;
            }

            int chosen = Find(choices, answer);
            if (chosen >= 0)
            {
                return chosen;
            }
        }
    }

    /// <summary>The indices of the choices that the user makes, one a line; an empty line ends them, and at once means the defaults.</summary>
    public Collection<int> AskMany(string? caption, string? message, Collection<ChoiceDescription> choices, IEnumerable<int>? defaultChoices)
    {
        ArgumentOutOfRangeException.ThrowIfZero(choices.Count, nameof(choices));
        int[] defaults = [.. defaultChoices ?? []];
        questions.Allow();
        questions.Introduce(caption, message);
        userInterface.WriteLine(Menu(choices, defaults));
        Collection<int> chosen = [];
        while (true)
        {
            userInterface.Write($"Choice[{chosen.Count.ToString(CultureInfo.InvariantCulture)}]: ");
            string answer = questions.ReadLine().Trim();
            if (answer.Length == 0)
            {
                return chosen.Count > 0 ? chosen : [.. defaults];
            }

            if (answer == "?")
            {
                ShowHelp(choices);
            }
            else if (Find(choices, answer) is int index and >= 0)
            {
                chosen.Add(index);
            }
        }
    }

    private static string Menu(Collection<ChoiceDescription> choices, int[] defaults)
    {
        IEnumerable<string> items = choices.Select(choice => KeyOf(choice) is { Length: > 0 } key ? $"[{key}] {TextOf(choice)}" : $"[{TextOf(choice)}]");
        string menu = string.Join("  ", items) + "  [?] Help";
        return defaults.Length == 0
            ? menu + ":"
            : $"{menu} (default is \"{string.Join(',', defaults.Select(index => KeyOf(choices[index]) is { Length: > 0 } key ? key : TextOf(choices[index])))}\"):";
    }

    private void ShowHelp(Collection<ChoiceDescription> choices)
    {
        foreach (ChoiceDescription choice in choices)
        {
            userInterface.WriteLine($"{(KeyOf(choice) is { Length: > 0 } key ? key : TextOf(choice))} - {choice.HelpMessage}");
        }
    }

    private static int Find(Collection<ChoiceDescription> choices, string answer)
    {
        for (int i = 0; i < choices.Count; i++)
        {
            if (answer.Length > 0 && (answer.Equals(KeyOf(choices[i]), StringComparison.OrdinalIgnoreCase) || answer.Equals(TextOf(choices[i]), StringComparison.OrdinalIgnoreCase)))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The letter behind the ampersand of a label.</summary>
    private static string KeyOf(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant() : "";
    }

    private static string TextOf(ChoiceDescription choice) => choice.Label.Replace("&", "", StringComparison.Ordinal);
}
