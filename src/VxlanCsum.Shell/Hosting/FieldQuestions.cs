using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace VxlanCsum.Shell.Hosting;

/// <summary>Asks for values by name: the mandatory parameters that a command was not given.</summary>
internal sealed class FieldQuestions(PSHostUserInterface userInterface, Questions questions)
{
    /// <summary>One value a field, of the field's type.</summary>
    public Dictionary<string, PSObject> Ask(string? caption, string? message, Collection<FieldDescription> fields)
    {
        questions.Allow();
        questions.Introduce(caption, message);
        Dictionary<string, PSObject> answers = [];
        foreach (FieldDescription field in fields)
        {
            answers[field.Name] = PSObject.AsPSObject(AskFor(field));
        }

        return answers;
    }

    private object? AskFor(FieldDescription field)
    {
        Type type = TypeOf(field);
        string label = PlainText.OneLine(string.IsNullOrEmpty(field.Label) ? field.Name : field.Label.Replace("&", "", StringComparison.Ordinal));
        if (type == typeof(SecureString))
        {
            userInterface.Write(label + ": ");
            return questions.ReadSecret();
        }

        if (type == typeof(PSCredential))
        {
            return questions.ReadCredential(null, label, null);
        }

        return type != typeof(string) && typeof(IList).IsAssignableFrom(type) ? AskForList(label, type) : AskForOne(label + ": ", type, field.Name);
    }

    private object AskForList(string label, Type type)
    {
        Type element = type.GetElementType() ?? typeof(object);
        List<object?> items = [];
        while (true)
        {
            string prompt = $"{label}[{items.Count.ToString(CultureInfo.InvariantCulture)}]: ";
            userInterface.Write(prompt);
            string answer = questions.ReadLine();
            if (answer.Length == 0)
            {
                return LanguagePrimitives.ConvertTo(items.ToArray(), type, CultureInfo.InvariantCulture);
            }

            if (TryConvert(answer, element, out object? item))
            {
                items.Add(item);
            }
        }
    }

    private object? AskForOne(string prompt, Type type, string name)
    {
        while (true)
        {
            userInterface.Write(prompt);
            string answer = questions.ReadLine();
            if (TryConvert(answer, type, out object? value))
            {
                return value;
            }

            if (Console.IsInputRedirected)
            {
                throw new PSInvalidOperationException($"Standard input's answer for {name} is no {type.Name}.");
            }
        }
    }

    private bool TryConvert(string answer, Type type, out object? value)
    {
        try
        {
            value = LanguagePrimitives.ConvertTo(answer, type, CultureInfo.InvariantCulture);
            return true;
        }
        catch (PSInvalidCastException error)
        {
            userInterface.WriteErrorLine(error.Message);
            value = null;
            return false;
        }
    }

    private static Type TypeOf(FieldDescription field) =>
        LanguagePrimitives.TryConvertTo(field.ParameterAssemblyFullName, out Type byAssembly) && byAssembly is not null
            ? byAssembly
            : LanguagePrimitives.TryConvertTo(field.ParameterTypeFullName, out Type byName) && byName is not null ? byName : typeof(string);
}
