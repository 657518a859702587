using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace VxlanCsum.Views;

/// <summary>An object that a view shows, or one of its properties: ours, or what Import-Clixml, remoting and jobs make
/// of it, which has the same properties as text and numbers.</summary>
internal sealed class ViewItem(object? value)
{
    private readonly object? _value = Bare(value);

    public object? this[string property] => Bare(_value switch
    {
        null => null,
        PSObject made => made.Properties[property]?.Value,
        _ => _value.GetType().GetProperty(property)?.GetValue(_value),
    });

    /// <summary>Empty where there is none.</summary>
    public string Text(string property) => TextOf(this[property]);

    /// <summary>Empty where there is none.</summary>
    public string Text(string property, string format) =>
        this[property] is IFormattable value ? value.ToString(format, CultureInfo.InvariantCulture) : "";

    /// <summary>The text in the colour that goes with it, where colours are shown.</summary>
    public string Painted(string property, Func<string, string> colourOf)
    {
        string text = Text(property);
        return ViewColours.Paint(text, colourOf(text));
    }

    public long Number(string property) => Convert.ToInt64(this[property], CultureInfo.InvariantCulture);

    public bool Is(string property) => this[property] is true;

    /// <summary>The object that is the value of a property; null where there is none.</summary>
    public ViewItem? Of(string property) => this[property] is { } value ? new ViewItem(value) : null;

    /// <summary>What a list holds; a value alone is a list of one.</summary>
    public List<ViewItem> Items(string property)
    {
        List<ViewItem> items = [];
        switch (this[property])
        {
            case null:
                break;
            case IEnumerable list and not string:
                foreach (object? item in list)
                {
                    items.Add(new ViewItem(item));
                }

                break;
            case { } one:
                items.Add(new ViewItem(one));
                break;
        }

        return items;
    }

    /// <summary>A list in one text.</summary>
    public string Joined(string property, string separator) => string.Join(separator, Items(property));

    public override string ToString() => TextOf(_value);

    private static string TextOf(object? value) =>
        value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? "";

    /// <summary>Without the wrapping that the engine puts around values.</summary>
    private static object? Bare(object? value) =>
        value is PSObject { BaseObject: not PSCustomObject and var bare } ? bare : value;
}
