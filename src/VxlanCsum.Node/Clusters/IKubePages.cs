using System.Text.Json;

namespace VxlanCsum.Node.Clusters;

/// <summary>Takes the objects of a list, page by page.</summary>
internal interface IKubePages
{
    /// <summary>A page begins: anew, where the one before did not end.</summary>
    void Begin();

    /// <summary>An object of the page; valid during the call only, which is made on another thread than the
    /// others.</summary>
    void Add(JsonElement item);

    /// <summary>The page is whole.</summary>
    /// <param name="remaining">Objects behind it, where the API says so.</param>
    void End(long? remaining);
}
