namespace VxlanCsum.Node.Clusters;

/// <summary>How the API is read.</summary>
internal sealed record KubeApiOptions
{
    /// <summary>Objects a page.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>How often one request is sent again.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>The first wait before that; it doubles each time.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the server may send nothing.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Pages of one list: of five million objects with 500 a page.</summary>
    public int MostPages { get; init; } = 10_000;

    /// <summary>Bytes of one list.</summary>
    public long MostBytes { get; init; } = 8L << 30;

    /// <summary>How long one list may take, however much comes.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Told what goes on: requests that are sent again.</summary>
    public Action<string> Tell { get; init; } = static _ => { };

    /// <summary>Told what the user is to know: lists that are begun again.</summary>
    public Action<string> Warn { get; init; } = static _ => { };
}
