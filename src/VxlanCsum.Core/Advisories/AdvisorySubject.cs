namespace VxlanCsum;

/// <summary>Whose version an advisory is about.</summary>
[Newtonsoft.Json.JsonConverter(typeof(Newtonsoft.Json.Converters.StringEnumConverter))]
public enum AdvisorySubject : byte
{
    /// <summary>The Linux kernel, mainline or a distribution's.</summary>
    Kernel = 0,

    /// <summary>kube-proxy, and until 1.27 the kubelet, which wrote the same rules.</summary>
    Kubernetes,

    /// <summary>Calico, whose felix can switch the tunnel's checksum offload off.</summary>
    Calico,

    /// <summary>flannel.</summary>
    Flannel,

    /// <summary>The driver of a network card below the tunnel, or the hypervisor behind it.</summary>
    Driver,
}
