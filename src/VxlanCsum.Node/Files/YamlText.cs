using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace VxlanCsum.Node.Files;

/// <summary>YAML that strangers may have written.</summary>
internal static class YamlText
{
    /// <summary>How deep its nodes may lie in one another. What reads them calls itself for each: a hundred thousand
    /// brackets would end the process.</summary>
    public const int Deepest = 64;

    /// <exception cref="YamlException">It is no YAML, or nested beyond all measure.</exception>
    public static YamlStream Load(TextReader text)
    {
        YamlStream yaml = [];
        var parser = new MeasuredParser(text);
        try
        {
            yaml.Load(parser);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // Scanner and reader have states that they did not think of, such as a plain word that begins at the end,
            // or a document that begins in the midst of a list.
            Mark here = parser.Current?.End ?? Mark.Empty;
            throw new YamlException(here, here, "it ends, or goes on, as no YAML does", e);
        }

        return yaml;
    }

    /// <summary>YamlDotNet's parser, which stops where nodes lie too deep.</summary>
    private sealed class MeasuredParser(TextReader text) : IParser
    {
        private readonly Parser _parser = new(text);
        private int _depth;

        public ParsingEvent? Current => _parser.Current;

        public bool MoveNext()
        {
            bool moved = _parser.MoveNext();
            _depth += Current?.NestingIncrease ?? 0;
            return _depth <= Deepest ? moved
                : throw new YamlException(Current!.Start, Current.End, "it is nested beyond all measure");
        }
    }
}
