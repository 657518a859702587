using System.Globalization;

namespace VxlanCsum.Reports.Reading;

/// <summary>
/// An object of the pipeline, asked by property name: so that one that was serialised on the way (remoting, a job,
/// Export-Clixml) and one that was not are read by the same code.
/// </summary>
internal abstract class ReportObject
{
    /// <summary>The type's name without its namespace, also where only a property bag of it is left.</summary>
    public abstract string TypeName { get; }

    /// <summary>The machine that a remote pipeline ran on; null for what is from here.</summary>
    public abstract string? Computer { get; }

    /// <summary>As ToString says, or said before it was serialised.</summary>
    public abstract override string ToString();

    /// <summary>A property as text; null where it is missing or null.</summary>
    public abstract string? Text(string property);

    /// <summary>A property as the object it is; null where it is missing, null or only text is left of it.</summary>
    public abstract ReportObject? Child(string property);

    /// <summary>The elements of a property; those of which only text is left have no properties of their own.</summary>
    public abstract IEnumerable<ReportObject> Children(string property);

    /// <summary>A property as a moment in UTC.</summary>
    public abstract DateTime? Time(string property);

    public string Word(string property) => Text(property) ?? string.Empty;

    public IReadOnlyList<string> Texts(string property) => [.. Children(property).Select(static c => c.ToString())];

    public long? Number(string property) =>
        long.TryParse(Text(property), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number : null;

    /// <summary>A number of things; 0 where it is missing.</summary>
    public long Count(string property) => Number(property) ?? 0;

    public double? Real(string property) =>
        double.TryParse(Text(property), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number) ? number : null;

    public bool Flag(string property) => bool.TryParse(Text(property), out bool flag) && flag;
}
