using System.Globalization;
using System.Net;
using VxlanCsum.Node.Errors;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Clusters;

/// <summary>What can go wrong on the way to a cluster's API, in words that say what to do.</summary>
internal static class KubeErrors
{
    /// <summary>The rights that the module ships, by its path in it.</summary>
    public const string Rights = "deploy/kubernetes/rbac-node-risk.yaml";

    private const int MostNames = 10;

    public static NodeException NoKubeconfig(string[] places, bool byVariable) => new(
        NodeErrorId.KubeconfigNotFound, NodeFailure.NotFound, places[0],
        $"There is no kubeconfig at "
        + $"{string.Join(", ", places.Select(static p => $"'{SafeText.Escape(p)}'"))}{(byVariable ? ", where "
        + "KUBECONFIG points" : string.Empty)}.",
        "Give its path with -Kubeconfig, or pipe what `kubectl get nodes,pods -A -o json` prints.");

    public static NodeException BadKubeconfig(string place, Exception reason) => new(
        NodeErrorId.KubeconfigInvalid, NodeFailure.InvalidArgument, place,
        $"The kubeconfig '{SafeText.Escape(place)}' cannot be used: {FirstLine(Innermost(reason).Message)}",
        "See whether kubectl works with it: kubectl --kubeconfig FILE get nodes.", reason);

    public static NodeException PluginRefused(string context, string command) => new(
        NodeErrorId.KubeconfigPluginRefused, NodeFailure.Permission, context,
        $"To log in to '{context}' the kubeconfig has a program run: {command}",
        "Where that is what you want, add -AllowCredentialPlugin; or pipe what `kubectl get nodes,pods -A -o json` "
        + "prints.");

    public static NodeException NoContext(string? name, string place, IReadOnlyList<string> known)
    {
        string names = known.Count == 0 ? "It holds none."
            : $"Its contexts: "
                + $"{string.Join(", ", known.Take(MostNames).Select(static n => SafeText.Escape(n)))}"
                + $"{(known.Count > MostNames ? $" and {known.Count - MostNames} more" : string.Empty)}.";
        return new(NodeErrorId.KubeContextNotFound, NodeFailure.NotFound, name ?? place,
            name is null ? $"'{SafeText.Escape(place)}' names no current context."
                : $"There is no context '{SafeText.Escape(name)}' in '{SafeText.Escape(place)}'.",
            $"{names} Choose one with -Context.");
    }

    public static NodeException Unreachable(string context, Uri server, Exception reason) => new(
        NodeErrorId.KubeApiUnreachable, NodeFailure.Unreachable, context,
        $"The API server {Show(server)} of '{context}' cannot be reached: {FirstLine(Innermost(reason).Message)}",
        "Check the network and proxies (HTTPS_PROXY, NO_PROXY), and whether kubectl reaches it.", reason);

    public static NodeException TooSlow(string context, Uri server, TimeSpan patience) => new(
        NodeErrorId.KubeApiUnreachable, NodeFailure.Unreachable, context,
        string.Create(CultureInfo.InvariantCulture,
            $"The API server {Show(server)} of '{context}' sent nothing for {patience.TotalSeconds:0.#} s."),
        "Check how busy it is, or be more patient with -Timeout.");

    public static NodeException Certificate(string context, Uri server, string problem, Exception reason) => new(
        NodeErrorId.KubeApiCertificate, NodeFailure.Untrusted, context,
        $"The API server {Show(server)} of '{context}' is not trusted: {problem}.",
        "Check certificate-authority, server and tls-server-name in the kubeconfig, and this machine's clock.", reason);

    public static NodeException Unauthorized(string context, Uri server, string? message) => new(
        NodeErrorId.KubeApiUnauthorized, NodeFailure.Unauthenticated, context,
        $"The API server {Show(server)} of '{context}' does not accept the credentials (401{Colon(message)}).",
        "The token or certificate is wrong or has expired: log in anew, as for kubectl.");

    public static NodeException Forbidden(string context, KubeResource resource, string? message) => new(
        NodeErrorId.KubeApiForbidden, NodeFailure.Permission, context,
        $"'{context}' does not allow to {resource.Verb} {resource} (403{Colon(message)}).",
        $"Allow it with the module's {Rights} (kubectl apply -f), which grants that and no change.");

    public static NodeException NotThere(string context, KubeResource resource) => new(
        NodeErrorId.KubeApiNotFound, NodeFailure.NotFound, context, $"'{context}' has no {resource} (404).",
        "Check that the kubeconfig's server is a Kubernetes API server.");

    public static NodeException Answered(string context, KubeResource resource, HttpStatusCode status, string? message,
        int attempts) => new(
        NodeErrorId.KubeApiFailed, NodeFailure.Failed, context,
        string.Create(CultureInfo.InvariantCulture,
            $"The API server of '{context}' answers {(int)status} to {resource.Verb} "
            + $"{resource}{Colon(message)}{Tries(attempts)}."),
        attempts > 1 ? "Try again later, with a smaller -PageSize or a larger -MaximumRetryCount."
            : "The API server's log may say more.");

    public static NodeException Endless(string context, KubeResource resource, string limit) => new(
        NodeErrorId.KubeApiFailed, NodeFailure.Failed, context,
        $"The API server of '{context}' does not come to an end with {resource}: after {limit} it is left.",
        "Check that the kubeconfig's server is a Kubernetes API server; of a very large cluster read a part "
        + "(-LabelSelector).");

    public static NodeException Dropped(string context, KubeResource resource, Exception reason, int attempts) => new(
        NodeErrorId.KubeApiFailed, NodeFailure.Failed, context,
        $"The answer of the API server of '{context}' to {resource.Verb} {resource} did not arrive "
        + $"whole{Tries(attempts)}: {FirstLine(Innermost(reason).Message)}",
        "Try again, with a smaller -PageSize or a larger -MaximumRetryCount.", reason);

    public static NodeException Expired(string context, KubeResource resource, int restarts) => new(
        NodeErrorId.KubeApiListExpired, NodeFailure.Failed, context,
        string.Create(CultureInfo.InvariantCulture,
            $"The API server of '{context}' forgot the list of {resource} {restarts + 1} times before it was read "
            + $"(410 Gone)."),
        "Read larger pages (-PageSize), so that the list is read before etcd compacts it.");

    public static NodeException Loops(string context, KubeResource resource) => new(
        NodeErrorId.KubeApiFailed, NodeFailure.Failed, context,
        $"The API server of '{context}' gives the same page of {resource} again and again.",
        "Something between here and the API server caches its answers.");

    /// <summary>One line of what another program or library said.</summary>
    public static string FirstLine(string text)
    {
        string line = text.Split('\n', 2)[0].Trim();
        return SafeText.Escape(line.Length == 0 || line[^1] is '.' or '!' or '?' ? line : line + ".");
    }

    private static Exception Innermost(Exception e) =>
        e is { InnerException: { } inner } and not NodeException ? Innermost(inner) : e;

    private static string Show(Uri server) => SafeText.Escape(server.GetLeftPart(UriPartial.Authority));

    private static string Colon(string? message) => message is null ? string.Empty : ": " + message;

    private static string Tries(int attempts) =>
        attempts > 1 ? string.Create(CultureInfo.InvariantCulture, $", {attempts} times over") : string.Empty;
}
