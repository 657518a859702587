using System.Reflection;
using System.Xml.Linq;
using Xunit;

namespace VxlanCsum.UnitTests.Architecture;

/// <summary>What stands above a column or before a value is a property of the object: `Sort-Object HEADER`,
/// `Where-Object HEADER` and `Select-Object HEADER` work with what is read.</summary>
public sealed class ViewHeaderTests
{
    private static readonly XElement s_views = XElement.Load(Path.Combine(TestData.Root, "VxlanCsum.Format.ps1xml")),
        s_types = XElement.Load(Path.Combine(TestData.Root, "VxlanCsum.Types.ps1xml"));

    /// <summary>The headers of each view, with the type that is shown.</summary>
    public static TheoryData<string, string> Headers
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (XElement view in s_views.Descendants("View"))
            {
                XElement[] columns = [.. view.Descendants("TableColumnHeader")],
                    cells = [.. view.Descendants("TableColumnItem")];
                IEnumerable<string> headers = columns.Select((c, i) => (string?)c.Element("Label")
                        ?? (string)cells[i].Element("PropertyName")!)
                    .Concat(view.Descendants("ListItem").Select(static i => (string?)i.Element("Label")
                        ?? (string)i.Element("PropertyName")!));
                foreach (string header in headers)
                {
                    data.Add((string)view.Descendants("TypeName").First()!, header);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_header_is_one_word_and_a_property(string type, string header)
    {
        Assert.Matches(@"^[\w-]+$", header);
        Type shown = typeof(VxlanInterface).Assembly.GetType(type, throwOnError: true)!;
        bool Has(string name) => shown.GetProperty(name, BindingFlags.Public | BindingFlags.Instance
            | BindingFlags.IgnoreCase) is not null;
        XElement? given = Members(type).FirstOrDefault(m => (string?)m.Element("Name") == header);
        Assert.True(Has(header) || given is not null, $"{type} has no property {header}");
        Assert.False(Has(header) && given is not null, $"{header} hides the property of {type} that has this name");
        Assert.True(given?.Element("ReferencedMemberName") is not { } meant || Has((string)meant));
    }

    /// <summary>JSON, CSV and Select-Object * show what an object has, and nothing twice.</summary>
    [Fact]
    public void What_is_there_for_headers_only_is_hidden()
    {
        XElement[] all = [.. s_types.Elements("Type").SelectMany(static t => t.Elements("Members").Elements())
            .Where(static m => m.Name.LocalName is "AliasProperty" or "ScriptProperty")];
        Assert.True(all.Length > 20);
        Assert.All(all, static m => Assert.Equal("true", (string?)m.Attribute("IsHidden")));
        Assert.All(s_types.Elements("Type"), static t => Assert.All(t.Elements("Members").Elements()
            .Where(static m => m.Name.LocalName is "AliasProperty" or "ScriptProperty"),
            m => Assert.Contains((string)m.Element("Name")!, s_views.Descendants("View")
                .Where(v => v.Descendants("TypeName").Any(n => (string)n == (string)t.Element("Name")!))
                .SelectMany(static v => v.Descendants("Label")).Select(static l => (string)l))));
    }

    private static IEnumerable<XElement> Members(string type) => s_types.Elements("Type")
        .Where(t => (string?)t.Element("Name") == type).Elements("Members").Elements();
}
