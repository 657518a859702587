using VxlanCsum.Offloads;

namespace VxlanCsum.UnitTests.Offloads;

/// <summary>Reads a text of features whole.</summary>
internal static class OffloadReading
{
    public static (List<OffloadFeature> Rows, List<OffloadProblem> Problems) Text(string text)
    {
        List<OffloadProblem> problems = [];
        var parser = new OffloadTextParser(problems.Add);
        List<OffloadFeature> rows = [];
        foreach (string line in text.Split('\n'))
        {
            rows.AddRange(parser.Add(line));
        }

        rows.AddRange(parser.Finish());
        return (rows, problems);
    }

    public static (IReadOnlyList<OffloadFeature> Rows, List<OffloadProblem> Problems) Json(string text)
    {
        List<OffloadProblem> problems = [];
        return (OffloadJsonParser.Parse(text, problems.Add), problems);
    }
}
