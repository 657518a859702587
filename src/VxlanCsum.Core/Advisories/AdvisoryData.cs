using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace VxlanCsum.Advisories;

/// <summary>What is known of versions, as advisories.schema.json describes it.</summary>
internal sealed record AdvisoryData
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public required string Updated { get; init; }

    public required IReadOnlyList<AdvisoryEntry> Advisories { get; init; }

    /// <exception cref="FormatException">It is not what the schema describes; the message says where.</exception>
    public static AdvisoryData Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            AdvisoryData data = JsonSerializer.Deserialize(json.StartsWith("\uFEFF"u8) ? json[3..] : json,
                AdvisoryJson.Default.AdvisoryData) ?? throw new FormatException("it holds null");
            foreach (AdvisoryEntry entry in data.Advisories ?? throw Null("advisories"))
            {
                (entry ?? throw Null("an entry of advisories")).Check();
            }

            return data;
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    // The reader takes null for any text or list.
    public static FormatException Null(string what) => new($"{what} is null");
}

/// <summary>What is known of one matter.</summary>
internal sealed record AdvisoryEntry
{
    public required string Id { get; init; }

    public required AdvisorySubject Subject { get; init; }

    public required IReadOnlyList<ChecksumDefect> Defects { get; init; }

    public required string[] FixedIn { get; init; }

    public required string[] Sources { get; init; }

    public required IReadOnlyList<AdvisoryRule> Rules { get; init; }

    /// <exception cref="FormatException">Something in it cannot be used.</exception>
    public void Check()
    {
        if (Id is null || Defects is null || FixedIn is null || Sources is null || Rules is null)
        {
            throw AdvisoryData.Null($"something in the entry {Id}");
        }

        foreach (AdvisoryRule rule in Rules)
        {
            try
            {
                (rule ?? throw AdvisoryData.Null($"a rule of {Id}")).Check();
            }
            catch (ArgumentException e)
            {
                throw new FormatException($"in the entry {Id}: {e.Message}", e);
            }
        }
    }
}

/// <summary>What holds for the versions that meet all of its conditions.</summary>
internal sealed record AdvisoryRule
{
    public IReadOnlyList<VersionSpan>? Versions { get; init; }

    public IReadOnlyList<VersionSpan>? Kernel { get; init; }

    public string? Release { get; init; }

    public string? Distribution { get; init; }

    public required AdvisorySuggestion Suggests { get; init; }

    public IReadOnlyList<ChecksumDefect>? Defects { get; init; }

    public required AdvisoryCertainty Certainty { get; init; }

    public string[]? Sources { get; init; }

    public required string Message { get; init; }

    public bool Holds(string text, VersionNumber? version, VersionNumber? kernel, string? distribution) =>
        In(Versions, version) && In(Kernel, kernel)
        && (Release is null || Matches(Release, text))
        && (Distribution is null || (distribution is not null && Matches(Distribution, distribution)));

    private static bool In(IReadOnlyList<VersionSpan>? spans, VersionNumber? version) =>
        spans is null || (version is not null && spans.Any(s => s.Contains(version)));

    /// <exception cref="ArgumentException">A pattern or a version is none.</exception>
    public void Check()
    {
        if (Message is null)
        {
            throw new ArgumentException("a rule says nothing");
        }

        foreach (string pattern in new[] { Release, Distribution }.OfType<string>())
        {
            Matches(pattern, string.Empty);
        }

        foreach (VersionSpan span in (VersionSpan[])[.. Versions ?? [], .. Kernel ?? []])
        {
            (span ?? throw new ArgumentException("a range of versions is null")).Check();
        }
    }

    // The text is a node's word for itself, and the pattern may be a user's: neither may cost time.
    private static bool Matches(string pattern, string text) =>
        Regex.IsMatch(text, pattern,
            RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
}

/// <summary>Versions between two.</summary>
internal sealed record VersionSpan
{
    /// <summary>This one or later.</summary>
    public string? From { get; init; }

    /// <summary>This one or earlier.</summary>
    public string? To { get; init; }

    /// <summary>Earlier than this one.</summary>
    public string? Before { get; init; }

    public bool Contains(VersionNumber version) =>
        (From is null || version.CompareTo(VersionNumber.Parse(From)!) >= 0)
        && (To is null || version.CompareTo(VersionNumber.Parse(To)!) <= 0)
        && (Before is null || version.CompareTo(VersionNumber.Parse(Before)!) < 0);

    /// <exception cref="ArgumentException">One is no version.</exception>
    public void Check()
    {
        foreach (string text in new[] { From, To, Before }.OfType<string>())
        {
            if (VersionNumber.Parse(text) is null)
            {
                throw new ArgumentException($"'{Text.SafeText.Escape(text)}' is no version");
            }
        }
    }
}

/// <summary>Unknown words are refused: a misspelt condition would otherwise hold always.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(AdvisoryData))]
internal sealed partial class AdvisoryJson : JsonSerializerContext;
