using System.Globalization;
using System.Text;
using System.Text.Json;
using k8s.KubeConfigModels;
using VxlanCsum.Node.Errors;
using VxlanCsum.Node.Processes;
using VxlanCsum.Text;

namespace VxlanCsum.Node.Clusters;

/// <summary>
/// A program that a kubeconfig names to log in with (client-go credential plugins, `exec`). It is started as kubectl
/// starts it: each argument as it stands, the environment added, no terminal.
/// </summary>
internal static class CredentialPlugin
{
    private const string Group = "client.authentication.k8s.io/";
    private const int LongestAnswer = 1 << 20;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>The command as it would be typed, fit to be shown.</summary>
    public static string Describe(ExternalExecution exec) =>
        SafeText.Escape(string.Join(' ', (exec.Arguments ?? []).Prepend(exec.Command ?? string.Empty)));

    /// <summary>Asks it, and puts what it gives in place of itself.</summary>
    /// <exception cref="FormatException">It cannot be run, or what it gives, or the kubeconfig asks of it, is not
    /// usable.</exception>
    public static void LogIn(UserCredentials user, string folder, CancellationToken cancellation)
    {
        ExternalExecution exec = user.ExternalExecution;
        if (string.IsNullOrWhiteSpace(exec.Command) || exec.ApiVersion is not (Group + "v1" or Group + "v1beta1"))
        {
            throw new FormatException(
                $"its exec has no command, or apiVersion '{SafeText.Escape(exec.ApiVersion ?? string.Empty)}' is not "
                + $"{Group}v1 or {Group}v1beta1");
        }

        // Like kubectl: with a slash it is relative to the file that names it, without one it is looked for in PATH.
        string command = exec.Command.Contains('/', StringComparison.Ordinal) ? Path.Combine(folder, exec.Command)
            : exec.Command;
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["KUBERNETES_EXEC_INFO"] =
                $"{{\"apiVersion\":\"{exec.ApiVersion}\",\"kind\":\"ExecCredential\",\"spec\":{{\"interactive\":false}}}}",
        };
        foreach (Dictionary<string, string> variable in exec.EnvironmentVariables ?? [])
        {
            environment[variable["name"]] = variable["value"];
        }

        Take(user, Ask(exec, command, environment, cancellation), Describe(exec));
        user.ExternalExecution = null;
    }

    private static ReadOnlyMemory<byte> Ask(ExternalExecution exec, string command,
        Dictionary<string, string> environment, CancellationToken cancellation)
    {
        byte[] answer = new byte[LongestAnswer];
        int length = 0;
        try
        {
            (int exitCode, string said) = CommandRunner.Run(command, [.. exec.Arguments ?? []],
                stream => length = stream.ReadAtLeast(answer, answer.Length, throwOnEndOfStream: false), s_patience,
                environment: environment, cancellation: cancellation);
            return exitCode == 0 ? answer.AsMemory(0, length)
                : throw new FormatException(string.Create(CultureInfo.InvariantCulture,
                    $"'{Describe(exec)}' ended with {exitCode}: {SafeText.Escape(said, 400)}"));
        }
        catch (NodeException e)
        {
            throw new FormatException(e.Problem, e);
        }
    }

    private static void Take(UserCredentials user, ReadOnlyMemory<byte> answer, string command)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            JsonElement status = document.RootElement.GetProperty("status");
            string? Text(string name) => status.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
            string? Encoded(string name) =>
                Text(name) is { } pem ? Convert.ToBase64String(Encoding.UTF8.GetBytes(pem)) : null;
            user.Token = Text("token") ?? user.Token;
            user.ClientCertificateData = Encoded("clientCertificateData") ?? user.ClientCertificateData;
            user.ClientKeyData = Encoded("clientKeyData") ?? user.ClientKeyData;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"'{command}' printed no ExecCredential with a status", e);
        }
    }
}
