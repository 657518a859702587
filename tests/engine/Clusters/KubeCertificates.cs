using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace VxlanCsum.EngineTests.Clusters;

/// <summary>A certificate authority of the test's own, and what it signs.</summary>
internal sealed class KubeCertificates : IDisposable
{
    private readonly X509Certificate2 _authority;

    public KubeCertificates()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=kubernetes", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
    }

    /// <summary>The authority, for a kubeconfig.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem();

    /// <summary>A server's certificate.</summary>
    /// <param name="name">A DNS name or an address.</param>
    /// <param name="expired">Whether it was valid until yesterday only.</param>
    public X509Certificate2 Server(string name = "127.0.0.1", bool expired = false)
    {
        SubjectAlternativeNameBuilder names = new();
        if (IPAddress.TryParse(name, out IPAddress? address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name);
        }

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Sign(key, "CN=kube-apiserver", "1.3.6.1.5.5.7.3.1", names.Build(), expired).CopyWithPrivateKey(key);
    }

    /// <summary>A user's certificate and key, as PEM.</summary>
    public (string Certificate, string Key) User(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = Sign(key, "CN=" + name, "1.3.6.1.5.5.7.3.2", null, expired: false);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _authority.Dispose();

    private X509Certificate2 Sign(ECDsa key, string subject, string usage, X509Extension? names, bool expired)
    {
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (names is not null)
        {
            request.CertificateExtensions.Add(names);
        }

        DateTimeOffset now = DateTimeOffset.UtcNow;
        return request.Create(_authority, now.AddDays(-9), now.AddDays(expired ? -1 : 9),
            RandomNumberGenerator.GetBytes(8));
    }
}
