using VxlanCsum.Text;

namespace VxlanCsum.Clusters;

/// <summary>A container image's reference, taken apart.</summary>
/// <param name="Repository">Without registry's tag and digest, such as "docker.io/calico/node".</param>
/// <param name="Tag">Such as "v3.25.0"; null where the image is named by its digest, or not at all.</param>
internal readonly record struct ContainerImage(string Repository, string? Tag)
{
    /// <summary>The repository's last part.</summary>
    public string Name => Repository[(Repository.LastIndexOf('/') + 1)..];

    public static ContainerImage Parse(string reference)
    {
        int digest = reference.IndexOf('@', StringComparison.Ordinal);
        string image = digest < 0 ? reference : reference[..digest];

        // A colon before the last slash is the registry's port.
        int tag = image.LastIndexOf(':');
        return tag > image.LastIndexOf('/')
            ? new(image[..tag], tag + 1 < image.Length ? SafeText.Escape(image[(tag + 1)..], 128) : null)
            : new(image, null);
    }
}
