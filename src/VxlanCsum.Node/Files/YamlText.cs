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
        yaml.Load(new MeasuredParser(text));
        return yaml;
    }

    /// <summary>YamlDotNet's parser, which stops where nodes lie too deep, and says only by YamlException that it cannot
    /// go on.</summary>
    private sealed class MeasuredParser(TextReader text) : IParser
    {
        private readonly Parser _parser = new(text);
        private int _depth;

        public ParsingEvent? Current => _parser.Current;

        public bool MoveNext()
        {
            try
            {
                bool moved = _parser.MoveNext();
                _depth += Current?.NestingIncrease ?? 0;
                return _depth <= Deepest ? moved
                    : throw new YamlException(Current!.Start, Current.End, "it is nested beyond all measure");
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException)
            {
                // Its scanner has states that it did not think of, such as a plain word that begins at the end.
                Mark here = Current?.End ?? Mark.Empty;
                throw new YamlException(here, here, "it ends, or goes on, as no YAML does", e);
            }
        }
    }
}
